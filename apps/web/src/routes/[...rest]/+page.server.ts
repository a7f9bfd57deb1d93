import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

/** Old addresses end in a slash as often as not: one redirect, not two. */
export const trailingSlash = 'ignore';

/** No other route knows the address: where it leads now, or the error page with recent posts as a way on. */
export const load: PageServerLoad = async ({ platform, url }) => {
  const { data } = platform!;
  return found(data, await data.elsewhere(pathOf(url)));
};

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).normalize('NFC').replace(/\/+$/, '');
}
