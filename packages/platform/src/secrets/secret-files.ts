/** The files that Vault's agent writes (or `.env` names): read, checked, never shown. Names: docs/reference/environment.md */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { checkTls, invalid, type Tls, type TlsFiles } from './certificate.ts';

const text = z.string().min(1);
const port = z.int().min(1).max(65535);

export const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Strict: a name that is spelled wrong is an error, not a default. */
const database = z.strictObject({ host: text, port, database: text, user: text });
const storage = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  // What S3 takes as a name: others are a slip, such as a path.
  bucket: z.string().regex(BUCKET),
  accessKey: text,
  secretKey: text,
});
const cacheServer = z.strictObject({ host: text, port, user: text, password: text });
const cacheSentinels = z.strictObject({
  sentinels: z.array(z.strictObject({ host: text, port })).min(1),
  master: text,
  user: text,
  password: text,
});

export type DatabaseSecret = z.infer<typeof database>;
export type StorageSecret = z.infer<typeof storage>;
export type CacheSecret = z.infer<typeof cacheServer> | z.infer<typeof cacheSentinels>;

export type { Tls };

export type SecretFiles = {
  tls: Tls | undefined;
  database: DatabaseSecret | undefined;
  cache: CacheSecret | undefined;
  storage: StorageSecret | undefined;
};

const TLS_NAMES = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' };
const JSON_NAMES = ['database.json', 'cache.json', 'storage.json'];

export const tlsFilesIn = (folder: string): TlsFiles => ({
  cert: join(folder, TLS_NAMES.cert),
  key: join(folder, TLS_NAMES.key),
  ca: join(folder, TLS_NAMES.ca),
});

/** Everything of these that may be in the folder. */
export const secretFilesIn = (folder: string): string[] =>
  [...Object.values(TLS_NAMES), ...JSON_NAMES].map((name) => join(folder, name));

/**
 * @param folder SECRETS_DIR; files that a service does not need may be missing
 * @throws Problem SECRET_UNREADABLE, SECRET_INVALID, naming the file and the field, never a value
 */
export function readSecretFiles(folder: string): SecretFiles {
  if (!existsSync(folder)) {
    throw new Problem('SECRETS_MISSING', `The folder of secrets ${folder} is not there.`, {
      field: 'SECRETS_DIR',
      fix: 'Wait for the agent that writes it, or unset SECRETS_DIR.',
      command: `ls -ld ${folder}`,
    });
  }
  const files = tlsFilesIn(folder);
  const anyTls = Object.values(files).some((file) => existsSync(file));
  return {
    tls: anyTls ? readTls(files) : undefined,
    database: readJson(join(folder, 'database.json'), () => database),
    cache: readJson(join(folder, 'cache.json'), (value) =>
      isObject(value) && 'sentinels' in value ? cacheSentinels : cacheServer,
    ),
    storage: readJson(join(folder, 'storage.json'), () => storage),
  };
}

/** @throws Problem SECRET_UNREADABLE, SECRET_INVALID */
export function readTls(files: TlsFiles): Tls {
  const tls = {
    cert: readSecretFile(files.cert),
    key: readSecretFile(files.key),
    ca: readSecretFile(files.ca),
  };
  checkTls(tls, files);
  return tls;
}

/** @throws Problem SECRET_UNREADABLE, SECRET_INVALID when it is empty */
export function readSecretFile(file: string): string {
  let content: string;
  try {
    const { size, ...kind } = statOf(file);
    // A pipe would be waited for, and whatever is that long is no secret.
    if (kind.isOther) throw invalid(file, 'is no file', 'Let the agent write it again.');
    if (size > MOST_BYTES) throw invalid(file, 'is longer than a megabyte', 'Let the agent write it again.');
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem(
      'SECRET_UNREADABLE',
      code === 'ENOENT' ? `${file} is missing.` : `${file} cannot be read (${code}).`,
      {
        field: file,
        fix: 'Let the agent write it, readable for this user.',
        command: `ls -lL ${file}`,
        cause,
      },
    );
  }
  if (content.trim() === '') throw invalid(file, 'is empty', 'Let the agent write it again.');
  if (content.startsWith('\uFEFF'))
    throw invalid(file, 'begins with a byte order mark', 'Write it as UTF-8 without one.');
  return content;
}

export const MOST_BYTES = 1_000_000;

function statOf(file: string): { size: number; isOther: boolean } {
  const stats = statSync(file);
  // Of a folder the reading itself says what it is.
  return { size: stats.isFile() ? stats.size : 0, isOther: !stats.isFile() && !stats.isDirectory() };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** @param schemaOf chooses by what is in the file */
function readJson<Schema extends z.ZodObject>(
  file: string,
  schemaOf: (value: unknown) => Schema,
): z.infer<Schema> | undefined {
  if (!existsSync(file)) return undefined;
  const value: unknown = parsed(file, 'no JSON', () => JSON.parse(readSecretFile(file)) as unknown);
  const schema = schemaOf(value);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue!.path.join('.');
  // zod's own message names what is expected and the kind of what is there, never the value.
  const wrong =
    issue!.code === 'unrecognized_keys'
      ? `has unknown fields: ${issue!.keys.join(', ')}`
      : `has no good "${field}"`;
  throw invalid(file, wrong, `It holds ${Object.keys(schema.shape).join(', ')}.`);
}

function parsed<Value>(file: string, what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    // The cause may repeat what is in the file.
    throw invalid(file, `holds ${what}`, 'Let the agent write it again.');
  }
}
