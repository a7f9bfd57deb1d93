import { found } from '#lib/found.ts';
import { pageNumber } from '#lib/paths.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  const number = pageNumber(params.number);
  return { posts: await found(data, number ? await data.posts(number) : { status: 'missing' }) };
};
