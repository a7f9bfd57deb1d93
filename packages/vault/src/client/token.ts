/** A token as it comes from a variable or a file. */
import { Problem } from '@homepage/platform';

/**
 * @param text one line end at its end does not matter
 * @param from the variable or the file, for the message
 * @throws Problem VAULT_TOKEN_INVALID: no header could carry it
 */
export function tokenIn(text: string, from: string): string {
  const token = text.replace(/\r?\n$/, '');
  if (/^[!-~]*$/.test(token)) return token;
  const what = /[\r\n]/.test(token)
    ? 'has a line end in it'
    : 'has a blank or a letter in it that no token has';
  throw new Problem('VAULT_TOKEN_INVALID', `The token in ${from} ${what}.`, {
    field: from,
    fix: 'Give the token alone, in one line; files that were written on Windows end their lines with one more letter (\\r).',
  });
}
