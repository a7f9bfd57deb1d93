import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { data } = platform!;
  const own = await data.page('privacy');
  return { own: own.status === 'missing' ? null : await found(data, own) };
};
