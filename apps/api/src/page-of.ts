import { Problem } from '@homepage/platform';

/**
 * A part of a list that is short enough to be read whole. The cursor is the slug of the last item before it.
 * @throws Problem INVALID_CURSOR (400)
 */
export function pageOf<Item extends { slug: string }>(
  all: Item[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: Item[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : after(all, cursor);
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const more = start + limit < all.length;
  return { items, nextCursor: more && last ? Buffer.from(last.slug).toString('base64url') : null };
}

function after(all: { slug: string }[], cursor: string): number {
  const slug = Buffer.from(cursor, 'base64url').toString();
  const at = all.findIndex((item) => item.slug === slug);
  if (at < 0) throw invalidCursor();
  return at + 1;
}

export function invalidCursor(): Problem {
  return new Problem('INVALID_CURSOR', 'This cursor is not one of this list, or its item was removed.', {
    status: 400,
    field: 'querystring.cursor',
    fix: 'Take nextCursor from the page before, or leave the cursor out to start again.',
  });
}
