import { error } from '@sveltejs/kit';
import type { Lookup, SiteData } from '@homepage/contract';

/** The value of a lookup, or the error page with recent posts: 410 with the reason when it is gone, else 404. */
export async function found<T>(data: SiteData, lookup: Lookup<T>): Promise<T> {
  if (lookup.status === 'found') return lookup.value;
  const recent = (await data.recent()).slice(0, 5);
  if (lookup.status === 'missing') error(404, { message: 'Not found', recent });
  const { title, since, reason } = lookup;
  error(410, { message: 'Gone', gone: { title, since, reason }, recent });
}
