import { invalidCursor } from '../../page-of.ts';

/** The place behind a post: lists are in this order. */
export type Cursor = { publishedAt: Date; slug: string };

/** A position in the list of posts, opaque to clients. */
export function encodeCursor({ publishedAt, slug }: Cursor): string {
  return Buffer.from(`${publishedAt.getTime()}.${slug}`).toString('base64url');
}

/** JavaScript has years that PostgreSQL has not. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

/** @throws Problem INVALID_CURSOR (400) */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,15})\.(\P{Cc}+)$/u.exec(Buffer.from(text, 'base64url').toString());
  const time = Number(match?.[1]);
  if (!match || !(time >= FIRST && time <= LAST)) throw invalidCursor();
  return { publishedAt: new Date(time), slug: match[2]! };
}
