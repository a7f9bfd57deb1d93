import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { data } = platform!;
  return { posts: await found(data, await data.posts(1)) };
};
