import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  // "home" is the text of the home page and has no address of its own
  const lookup = params.page === 'home' ? { status: 'missing' as const } : await data.page(params.page);
  const text = await found(data, lookup);
  return { text, canonical: text.canonical };
};
