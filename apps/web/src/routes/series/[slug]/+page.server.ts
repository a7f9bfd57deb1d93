import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  return { series: await found(data, await data.series(params.slug)) };
};
