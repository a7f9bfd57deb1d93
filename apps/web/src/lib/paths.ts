import { resolve } from '$app/paths';
import type { Path } from '$app/types';

/** An address that came with the data: paths of this site get the base path, full addresses stay as they are. */
export function address(url: string): string {
  return url.startsWith('/') ? resolve(url.slice(1) as Path) : url;
}

/** The page number of `/posts/page/2`; null when the address is not one the site hands out. */
export function pageNumber(text: string): number | null {
  return /^([2-9]|[1-9]\d{1,6})$/.test(text) ? Number(text) : null;
}
