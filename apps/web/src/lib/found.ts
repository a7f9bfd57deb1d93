import { error } from '@sveltejs/kit';
import type { Lookup } from '@homepage/contract';

/** The value of a lookup, or the error page: 410 with the reason when it is gone, else 404. */
export function found<T>(lookup: Lookup<T>): T {
  if (lookup.status === 'found') return lookup.value;
  if (lookup.status === 'missing') error(404, { message: 'Not found' });
  const { title, since, reason } = lookup;
  error(410, { message: 'Gone', gone: { title, since, reason } });
}
