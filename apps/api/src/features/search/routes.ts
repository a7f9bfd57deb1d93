import type { FastifyInstance } from 'fastify';
import { endpoints } from '@homepage/contract';
import { MOST_HITS, search } from '@homepage/site';
import type { Context } from '../../context.ts';
import { readEndpoint } from '../../endpoint.ts';
import { invalidCursor } from '../../page-of.ts';

export function searchRoutes(app: FastifyInstance, context: Context): void {
  const { db, config } = context;

  readEndpoint(app, context, endpoints.search, async ({ query: { q, limit, cursor } }) => {
    const offset = cursor === undefined ? 0 : decodeOffset(cursor);
    const { hits, total, corrected } = await search(db, q, { language: config.language, limit, offset });
    const next = offset + limit;
    return { items: hits, nextCursor: next < total ? encodeOffset(next) : null, total, corrected };
  });
}

const encodeOffset = (offset: number): string => Buffer.from(`from ${offset}`).toString('base64url');

/** @throws Problem INVALID_CURSOR (400) */
function decodeOffset(cursor: string): number {
  const [, digits] = /^from (\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const offset = Number(digits);
  if (digits === undefined || offset >= MOST_HITS) throw invalidCursor();
  return offset;
}
