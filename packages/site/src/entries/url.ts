/** Addresses of entries, percent-encoded. */
import type { EntryKind } from '../database/tables.ts';

export const postUrl = (slug: string): string => `/posts/${encodeURIComponent(slug)}`;
export const projectUrl = (slug: string): string => `/projects/${encodeURIComponent(slug)}`;
/** The page "home" is what the first page begins with. */
export const pageUrl = (slug: string): string => (slug === 'home' ? '/' : `/${encodeURIComponent(slug)}`);

const urls: Record<EntryKind, (slug: string) => string> = {
  post: postUrl,
  project: projectUrl,
  page: pageUrl,
};

export const entryUrl = (kind: EntryKind, slug: string): string => urls[kind](slug);
