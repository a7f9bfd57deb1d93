/** Secrets out of a file `.env`, for who moves from one machine to the platform. */
import { Problem, Problems, readEnvFile, storageLocation } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { setValues, type Change } from './change.ts';
import { secretNamed } from './find.ts';
import { readStored, type Values } from './store.ts';
import { requireValue } from './value.ts';

/** Where the value of a variable belongs. */
type Target = { path: string; values: Values };
type Variable = {
  name: string;
  /** @returns undefined when it is not what its name says */
  read: (value: string) => Target | undefined;
  /** for the message */
  shape: string;
};

/** docs/reference/environment.md has each beside its secret file. DATABASE_URL is none: the certificate is the password. */
const variables: Variable[] = [
  {
    name: 'SESSION_KEY',
    shape: 'a key, or two with a comma between',
    read(value) {
      const [current = '', previous, ...more] = value.split(',').map((key) => key.trim());
      if (more.length > 0) return undefined;
      return { path: 'api/session-key', values: { current, ...(previous !== undefined && { previous }) } };
    },
  },
  {
    name: 'GITHUB_CLIENT_ID',
    shape: 'a text',
    read: (clientId) => ({ path: 'api/github', values: { clientId } }),
  },
  {
    name: 'GITHUB_CLIENT_SECRET',
    shape: 'a text',
    read: (clientSecret) => ({ path: 'api/github', values: { clientSecret } }),
  },
  {
    name: 'CACHE_URL',
    shape: 'valkeys://api:password@host:6379, with each % in the password written as %25',
    read(value) {
      const { username, password: escaped } = URL.parse(value) ?? {};
      const password = escaped ? unescaped(escaped) : undefined;
      return username === 'api' && password !== undefined
        ? { path: 'valkey/user-api', values: { password } }
        : undefined;
    },
  },
  {
    name: 'STORAGE_URL',
    shape: 's3://key:secret@bucket?endpoint=https://host:9000',
    read(value) {
      const location = storageLocation(value);
      if (location?.kind !== 's3') return undefined;
      const { accessKey, secretKey } = location.target;
      return { path: 'minio/site', values: { accessKey, secretKey } };
    },
  },
];

/** @returns undefined where "%" begins no character */
function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export type Imported = {
  changes: Change[];
  /** variables of the file that are no secrets of Vault */
  ignored: string[];
};

export type ImportOptions = {
  dryRun?: boolean;
  /** also where Vault has another value */
  replace?: boolean;
};

/**
 * Everything is checked before anything is written; run again, it goes on where it was.
 * @throws Problems VAULT_ENV_INVALID; Problem VAULT_ENV_EMPTY, VAULT_SECRET_THERE, ENV_FILE_UNREADABLE, ENV_FILE_INVALID
 */
export async function importEnv(
  vault: Vault,
  environment: string,
  file: string,
  { dryRun = false, replace = false }: ImportOptions = {},
): Promise<Imported> {
  const { targets, ignored } = targetsIn(readEnvFile(file), file);
  if (!replace) await refuseOthers(vault, environment, targets);
  const changes: Change[] = [];
  for (const { path, values } of targets)
    changes.push(await setValues(vault, environment, secretNamed(path), values, { dryRun }));
  return { changes, ignored };
}

/** Pure. */
export function targetsIn(
  env: Record<string, string>,
  file: string,
): { targets: Target[]; ignored: string[] } {
  const byPath = new Map<string, Values>();
  const problems: Problem[] = [];
  for (const { name, read, shape } of variables) {
    const value = env[name];
    // An empty variable is as if it were unset, for the site, too.
    if (value === undefined || value === '') continue;
    const target = read(value);
    if (target) {
      problems.push(...faultsOf(name, target));
      byPath.set(target.path, { ...byPath.get(target.path), ...target.values });
    } else
      problems.push(
        new Problem('VAULT_VALUE_INVALID', `${name} is not ${shape}.`, { field: name, fix: 'Correct it.' }),
      );
  }
  if (problems.length > 0)
    throw new Problems('VAULT_ENV_INVALID', `${file} cannot be taken over; nothing was written:`, problems, {
      field: file,
      fix: 'Correct these, then run it again.',
    });
  const targets = [...byPath].map(([path, values]) => ({ path, values }));
  if (targets.length === 0)
    throw new Problem('VAULT_ENV_EMPTY', `${file} sets none of the variables that are secrets.`, {
      field: file,
      fix: `These are: ${variables.map(({ name }) => name).join(', ')}.`,
    });
  const taken = new Set(variables.map(({ name }) => name));
  return { targets, ignored: Object.keys(env).filter((name) => !taken.has(name)) };
}

function faultsOf(name: string, { path, values }: Target): Problem[] {
  return Object.entries(values).flatMap(([key, value]) => {
    try {
      requireValue(secretNamed(path), key, value);
      return [];
    } catch (error) {
      const { code, message, fix } = error as Problem;
      return [new Problem(code, `${name}: ${message}`, { field: name, fix })];
    }
  });
}

async function refuseOthers(vault: Vault, environment: string, targets: Target[]): Promise<void> {
  const others: string[] = [];
  for (const { path, values } of targets) {
    const { values: there = {} } = await readStored(vault, environment, path);
    const keys = Object.keys(values).filter((key) => there[key] !== undefined && there[key] !== values[key]);
    if (keys.length > 0) others.push(`${path} (${keys.join(', ')})`);
  }
  if (others.length === 0) return;
  throw new Problem(
    'VAULT_SECRET_THERE',
    `Vault has other values in ${environment} already: ${others.join(', ')}. Nothing was written.`,
    {
      field: '--replace',
      fix: 'If those of the file are the right ones, run it with --replace; older versions are kept.',
    },
  );
}
