import type { Range } from '@homepage/platform';

/**
 * What a Range header asks for (RFC 9110, 14.1.2). Several ranges at once are answered with the whole: nobody needs
 * them, and a hundred of them are an attack.
 * @param bytes size of the whole
 * @returns undefined: the whole; null: it lies outside (416)
 */
export function readRange(header: string | undefined, bytes: number): Range | null | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') {
    // the last so many
    if (Number(to) === 0) return null;
    return bytes === 0 ? null : { first: Math.max(0, bytes - Number(to)), last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== '' && Number(to) < first) return undefined; // not valid, so as if it were not there
  return first >= bytes ? null : { first, last };
}
