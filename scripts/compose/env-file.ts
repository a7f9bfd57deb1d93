import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * Makes the file with random passwords, or adds what it lacks; what is in it stays, since the data belong to it.
 * @returns true when it made it
 */
export function ensureEnvFile(file: string, secret: () => string = randomSecret): boolean {
  const isNew = !existsSync(file);
  const text = isNew ? HEADING : readFileSync(file, 'utf8');
  const known = parseEnv(text) as Record<string, string>;
  const lines: string[] = [];
  const take = (name: string, make: () => string): string => {
    const value = known[name] || make();
    if (!known[name]) lines.push(`${name}=${value}`);
    return value;
  };
  take('POSTGRES_PASSWORD', secret);
  const owner = take('HOMEPAGE_OWNER_PASSWORD', secret);
  const app = take('HOMEPAGE_APP_PASSWORD', secret);
  const user = take('MINIO_ROOT_USER', () => 'homepage');
  const password = take('MINIO_ROOT_PASSWORD', secret);
  take('VAULT_TOKEN', secret);
  take('DATABASE_URL', () => `postgres://homepage_app:${app}@postgres:5432/homepage`);
  take('DATABASE_OWNER_URL', () => `postgres://homepage_owner:${owner}@postgres:5432/homepage`);
  take('CACHE_URL', () => 'valkey://valkey:6379');
  take('STORAGE_URL', () => `s3://${user}:${password}@homepage?endpoint=http://minio:9000`);
  take('SESSION_KEY', () => randomBytes(32).toString('base64'));
  if (lines.length > 0) writeFileSync(file, `${text.trimEnd()}\n${lines.join('\n')}\n`, { mode: 0o600 });
  return isNew;
}

const HEADING = `# Made by npm run compose:dev. The same names as in production: docs/reference/environment.md
# The databases were set up with these passwords: who changes one here, changes it there, too.
`;

/** Letters and digits: it stands in addresses. */
const randomSecret = (): string => randomBytes(18).toString('hex');
