import type { Lookup } from '@homepage/contract';
import { Problem } from '@homepage/platform';

/** The value of a lookup. @throws Problem NOT_FOUND or MOVED (404), GONE (410) */
export function foundOrProblem<T>(lookup: Lookup<T>): T {
  if (lookup.status === 'found') return lookup.value;
  if (lookup.status === 'gone') {
    throw new Problem('GONE', `“${lookup.title}” is gone: ${lookup.reason}`, {
      status: 410,
      fix: 'Remove links to it.',
    });
  }
  if (lookup.status === 'moved') {
    throw new Problem('MOVED', `It is at ${lookup.url} now.`, { status: 404, fix: `Ask for ${lookup.url}.` });
  }
  throw new Problem('NOT_FOUND', 'There is nothing with this slug.', {
    status: 404,
    fix: 'Check the slug; the list beside it names all of them.',
  });
}
