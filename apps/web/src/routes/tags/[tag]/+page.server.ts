import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  return { tagged: await found(data, await data.tag(params.tag, 1)) };
};
