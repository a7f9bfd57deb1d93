import { error, redirect } from '@sveltejs/kit';
import type { Lookup, SiteData } from '@homepage/contract';

/**
 * The value of a lookup; else the way to its new address, or the error page with recent posts: 410 with the reason
 * when it is gone, 404 when it never was.
 */
export async function found<T>(data: SiteData, lookup: Lookup<T>): Promise<T> {
  if (lookup.status === 'found') return lookup.value;
  // Only the owner says where; another site is among what may be said.
  if (lookup.status === 'moved') redirect(308, lookup.url, { external: true });
  const recent = (await data.recent()).slice(0, 5);
  if (lookup.status === 'missing') error(404, { message: 'Not found', recent });
  const { title, since, reason } = lookup;
  error(410, { message: 'Gone', gone: { title, since, reason }, recent });
}
