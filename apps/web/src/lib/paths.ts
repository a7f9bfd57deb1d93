import type { Path } from '$app/types';

/** A path that came with the data, as `resolve()` wants it: it adds the base path. */
export function local(path: string): Path {
  return path.slice(1) as Path;
}

/** The page number of `/posts/page/2`; null when the address is not one the site hands out. */
export function pageNumber(text: string): number | null {
  return /^([2-9]|[1-9]\d{1,6})$/.test(text) ? Number(text) : null;
}
