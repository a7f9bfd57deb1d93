import { Problem } from '@homepage/platform';

export type Cursor = { publishedAt: Date; id: number };

/** A position in the list of posts, opaque to clients. */
export function encodeCursor({ publishedAt, id }: Cursor): string {
  return Buffer.from(`${publishedAt.getTime()}.${id}`).toString('base64url');
}

/** @throws Problem INVALID_CURSOR (400) */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const publishedAt = new Date(Number(match?.[1]));
  if (!match || Number.isNaN(publishedAt.getTime())) {
    throw new Problem('INVALID_CURSOR', 'This cursor is not one of ours.', {
      status: 400,
      field: 'querystring.cursor',
      fix: 'Take nextCursor from the previous page, or leave the cursor out.',
    });
  }
  return { publishedAt, id: Number(match[2]) };
}
