/** Names that people give: an environment's secret and a key of it, as the typed table has them. */
import { Problem, suggest } from '@homepage/platform';
import { secrets, type Secret } from '../desired/secrets.ts';

const known = secrets.map(({ path }) => path);

/**
 * The table names every secret, so no other path of Vault is ever asked for.
 * @param path e.g. "api/github"
 * @throws Problem VAULT_SECRET_UNKNOWN
 */
export function secretNamed(path: string): Secret {
  const found = secrets.find((secret) => secret.path === path);
  if (found) return found;
  throw new Problem('VAULT_SECRET_UNKNOWN', whyNot(path), {
    field: 'secret',
    fix: `Name one of ${known.join(', ')}.`,
    command: 'homepage secrets list',
  });
}

/** What stands behind "=" was meant as a value: it is not repeated. */
function whyNot(path: string): string {
  if (path.includes('=')) return 'A secret is named without its value: values never come in a command line.';
  const parts = path.split('/');
  if (parts.length === 3 && known.includes(parts.slice(0, 2).join('/')))
    return `"${path}" has one slash too many: the key "${parts[2]}" is an argument of its own.`;
  if (parts.length !== 2 || parts.includes(''))
    return `"${path}" is no name of a secret: it is <owner>/<name>, with one slash.`;
  const meant = suggest(path, known);
  return `There is no secret "${path}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`;
}

/** @throws Problem VAULT_KEY_UNKNOWN */
export function requireKey({ path, keys }: Secret, key: string): void {
  if (Object.hasOwn(keys, key)) return;
  const names = Object.keys(keys);
  const meant = suggest(key, names);
  throw new Problem(
    'VAULT_KEY_UNKNOWN',
    key.includes('=')
      ? 'A key is named without its value: values never come in a command line.'
      : `${path} has no key "${key}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    { field: 'key', fix: `Name ${names.join(' or ')}.` },
  );
}

/** Who changes it: the first part of its path. */
export const ownerOf = ({ path }: Secret): string => path.split('/', 1)[0]!;
