import type { FastifyRequest } from 'fastify';
import { Problem } from '@homepage/platform';

/**
 * Refuses what a page of another site makes a browser send. Programs name no site, and are let through: there is
 * no cookie that they could misuse.
 * @throws Problem CROSS_SITE (403)
 */
export function refuseOtherSites({ headers }: FastifyRequest, origin: string): void {
  const from = headers['sec-fetch-site'];
  const { origin: sender, host } = headers;
  // Every browser of today says it in Sec-Fetch-Site; older ones name the sender's origin when they post.
  if (from !== undefined ? from === 'same-origin' || from === 'none' : sender === undefined) return;
  if (from === undefined && (sender === origin || hostOf(sender!) === host)) return;
  throw new Problem('CROSS_SITE', 'This came from a page of another site.', {
    status: 403,
    field: 'headers.origin',
    fix: `Write from ${origin}/contact, or from a program.`,
  });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
