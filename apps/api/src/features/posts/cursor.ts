import { invalidCursor } from '../../page-of.ts';

export type Cursor = { publishedAt: Date; id: number };

/** A position in the list of posts, opaque to clients. */
export function encodeCursor({ publishedAt, id }: Cursor): string {
  return Buffer.from(`${publishedAt.getTime()}.${id}`).toString('base64url');
}

/** JavaScript has years that PostgreSQL has not. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

/** @throws Problem INVALID_CURSOR (400) */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const time = Number(match?.[1]);
  if (!match || !(time >= FIRST && time <= LAST)) throw invalidCursor();
  return { publishedAt: new Date(time), id: Number(match[2]) };
}
