import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { data } = platform!;
  const about = await data.page('about');
  return { about: about.status === 'missing' ? null : await found(data, about) };
};
