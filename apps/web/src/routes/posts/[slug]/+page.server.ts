import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  const post = await found(data, await data.post(params.slug));
  return { post, canonical: post.canonical };
};
