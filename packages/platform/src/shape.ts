/** Whether the settings make one whole shape: a forgotten variable must not split the site, or hide its content. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { Problem } from './problem.ts';
import { requireBothPurposes } from './secrets/certificate.ts';
import type { Settings } from './settings.ts';

type SecretPart = 'tls.crt' | 'database.json' | 'cache.json' | 'storage.json';

/**
 * Where there are secret files, those that a program works with must be there: one that is late must not make it start
 * with an empty database of its own.
 * @throws Problem SECRET_MISSING
 */
export function requireSecrets(
  { secretsDir, tls, database, cache, storage }: Settings,
  required: SecretPart[] = ['tls.crt', 'database.json', 'cache.json', 'storage.json'],
): void {
  if (secretsDir === undefined) return;
  const parts = { 'tls.crt': tls, 'database.json': database, 'cache.json': cache, 'storage.json': storage };
  for (const file of required) {
    if (parts[file] !== undefined) continue;
    throw new Problem('SECRET_MISSING', `${resolve(secretsDir, file)} is missing.`, {
      field: file,
      fix: 'Let the agent write it, or set what docs/reference/environment.md names instead of it.',
      command: `ls -lL ${secretsDir}`,
    });
  }
}

/**
 * Everything that the site asks of its settings beyond each being right for itself.
 * @param env what the settings were read from
 * @throws Problem SECRET_MISSING, SECRET_INVALID, SHAPE_MIXED
 */
export function requireServable(settings: Settings, env: NodeJS.ProcessEnv): void {
  requireSecrets(settings);
  if (settings.tls) requireBothPurposes(settings.tls, settings.secretFiles[0]!);
  requireOneShape(settings, env);
}

/**
 * @param env what the settings were read from
 * @throws Problem SHAPE_MIXED naming the variable that is missing or too many
 */
export function requireOneShape(settings: Settings, env: NodeJS.ProcessEnv): void {
  const { database, databaseOwner, cache, storage, publicUrl } = settings;
  if (!database) {
    const shared = databaseOwner
      ? 'DATABASE_OWNER_URL'
      : cache
        ? 'CACHE_URL'
        : storage
          ? 'STORAGE_URL'
          : undefined;
    if (shared === undefined) return;
    throw mixed(
      `${shared} names a server, but DATABASE_URL is not set: this process would have an empty database of its own.`,
      'DATABASE_URL',
      `Set DATABASE_URL, or unset ${shared}.`,
    );
  }
  if (!storage && !env['DATA_DIR']) {
    throw mixed(
      'DATABASE_URL names a server, but STORAGE_URL is not set: other replicas would not see the pictures of this one.',
      'STORAGE_URL',
      'Set STORAGE_URL. With one machine only, set DATA_DIR to the folder that keeps them.',
    );
  }
  if (publicUrl !== undefined && isPlainPublicName(publicUrl)) {
    throw mixed(
      'PUBLIC_URL is http://, but visitors reach a public name by https://: links and the contact form would be wrong.',
      'PUBLIC_URL',
      'Write https://. Plain HTTP is for addresses, localhost and names such as site.local or site.internal.',
    );
  }
}

function mixed(message: string, field: string, fix: string): Problem {
  return new Problem('SHAPE_MIXED', message, { field, fix });
}

function isPlainPublicName(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:' || isIP(hostname.replace(/^\[|\]$/g, ''))) return false;
  return hostname.includes('.') && !/\.(local|localhost|internal|lan|home\.arpa|test)$/.test(hostname);
}
