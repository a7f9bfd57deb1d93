/** What a value may be. What is wrong with it is said; the value never is. */
import { Problem } from '@homepage/platform';
import type { Secret, Source } from '../desired/secrets.ts';

/** Vault takes a megabyte; nothing of ours comes near. */
const MOST_BYTES = 64 * 1024;
const LEAST_KEY_BYTES = 32;
/** MinIO refuses shorter ones. */
const LEAST_PASSWORD = 8;

/**
 * @param bytes as they came from a file or standard input; one line end at the end is not of the value
 * @param from for the message, e.g. "standard input"
 * @throws Problem VAULT_VALUE_INVALID
 */
export function valueIn(bytes: Uint8Array, from: string): string {
  if (bytes.length > MOST_BYTES)
    throw invalid(from, `is longer than ${MOST_BYTES} bytes`, 'Name another file.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(from, 'is no text in UTF-8', 'Save it as UTF-8; bytes are written in base64.');
  }
  return text.replace(/\r?\n$/, '');
}

/**
 * @param value to be written at `key` of the secret
 * @throws Problem VAULT_VALUE_INVALID
 */
export function requireValue(secret: Secret, key: string, value: string): void {
  const of = `the value for ${secret.path} ${key}`;
  const wrong = faultOf(ruleFor(secret, key), value);
  if (wrong) throw invalid(of, wrong.what, wrong.fix);
}

/** What is kept of another key is as that one. */
function ruleFor({ keys, keeps = {} }: Secret, key: string): Source {
  const from = Object.keys(keeps).find((name) => keeps[name] === key);
  return keys[from ?? key]!;
}

type Fault = { what: string; fix: string };

function faultOf(source: Source, value: string): Fault | undefined {
  if (value === '') return { what: 'is empty', fix: 'Give it in a file or on standard input.' };
  if (value.startsWith('\uFEFF'))
    return { what: 'begins with a byte order mark', fix: 'Save it as UTF-8 without one.' };
  if (/[\r\n]/.test(value))
    return {
      what: 'has more than one line',
      fix: 'Give the value alone; a line end after it does not matter.',
    };
  if (value.trim() !== value)
    return { what: 'begins or ends with a blank', fix: 'Remove it: it was most likely copied along.' };
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value))
    return { what: 'has control characters', fix: 'Give the value alone, as text.' };
  if (source === 'key') return isKey(value) ? undefined : NO_KEY;
  if (source === 'given' || source === 'optional') return undefined;
  if (!/^[!-~]+$/.test(value))
    return {
      what: 'has blanks or letters beyond ASCII, which Valkey and MinIO do not take',
      fix: 'Let one be made: --generate',
    };
  if (source === 'password' && value.length < LEAST_PASSWORD)
    return { what: `is shorter than ${LEAST_PASSWORD} characters`, fix: 'Let one be made: --generate' };
  return undefined;
}

const NO_KEY: Fault = {
  what: `is not ${LEAST_KEY_BYTES} bytes or more in base64`,
  fix: 'Let one be made: --generate. Or: openssl rand -base64 32',
};

const isKey = (value: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length >= LEAST_KEY_BYTES;

function invalid(what: string, why: string, fix: string): Problem {
  return new Problem('VAULT_VALUE_INVALID', `${what.replace(/^./, (first) => first.toUpperCase())} ${why}.`, {
    fix,
  });
}
