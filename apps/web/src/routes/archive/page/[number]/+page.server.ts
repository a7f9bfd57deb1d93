import { found } from '#lib/found.ts';
import { pageNumber } from '#lib/paths.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  const number = pageNumber(params.number);
  return { archive: await found(data, number ? await data.archive(number) : { status: 'missing' }) };
};
