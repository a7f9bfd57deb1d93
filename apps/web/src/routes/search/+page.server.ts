import type { PageServerLoad } from './$types';

/** Longer input is no question; the API refuses it, a page reads its beginning and says so. */
const LONGEST = 200;

export const load: PageServerLoad = async ({ platform, url }) => {
  const typed = (url.searchParams.get('q') ?? '').trim();
  const query = [...typed].slice(0, LONGEST).join('');
  const number = Number(url.searchParams.get('page') ?? 1);
  return { query, number, tooLong: query !== typed, result: await platform!.data.search(query, number) };
};
