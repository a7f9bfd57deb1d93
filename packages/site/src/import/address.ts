/** From the name of a file to the address of its entry. Pure: nothing is read. */
import type { EntryKind } from '../database/tables.ts';
import { slugify } from '../slug.ts';
import { BadFile } from './bad-file.ts';

/** Pages live at /<slug>: these first parts of an address belong to the site itself. */
const reservedPages = new Set(
  `_app admin api app archive assets atom contact feed healthz index livez media metrics og platform posts preview
   projects readyz robots rss search series sitemap tags`.split(/\s+/),
);

/** my-first_post → "My first post" */
export function titleFromName(name: string): string {
  const words = name
    .normalize('NFC')
    .replaceAll(/[-_\s]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export type Address = { slug: string; /** the wish, when it could not be kept */ changedFrom: string | null };

/**
 * A wished address as it is when it can stand in an address, else the nearest that can.
 * @throws BadFile SLUG_UNUSABLE, SLUG_RESERVED
 */
export function addressOf(kind: EntryKind, wish: string): Address {
  const kept = wish.normalize('NFC');
  const slug = isUsable(kept) ? kept : slugify(wish);
  if (!slug) {
    throw new BadFile('SLUG_UNUSABLE', `"${wish}" leaves nothing for an address.`, {
      fix: 'Add "slug:" with letters or digits to the front matter.',
    });
  }
  if (kind === 'page' && reservedPages.has(slug.toLowerCase().replace(/\..*$/, ''))) {
    throw new BadFile('SLUG_RESERVED', `The address /${slug} belongs to the site itself.`, {
      fix: 'Choose another "slug:", or another file name.',
    });
  }
  return { slug, changedFrom: slug === kept ? null : wish };
}

/** Letters, digits, "_", "-", "." and "~", beginning with a letter, digit or "_". */
function isUsable(slug: string): boolean {
  return slug.length <= 120 && slug.isWellFormed() && /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.~-]*$/u.test(slug);
}
