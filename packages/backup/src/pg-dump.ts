/** Starts pg_dump: finds it, signs in as the settings say, and takes every end but a good one as a failure. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem, type DatabaseServer } from '@homepage/platform';

export type PgDump = { folder: string; version: string };

/** Where Debian keeps every major version beside the others. */
const DEBIAN = '/usr/lib/postgresql';

/**
 * @param server version of the server, such as "18.1"
 * @throws Problem PG_DUMP_MISSING, PG_DUMP_TOO_OLD
 */
export async function findPgDump(server: string): Promise<PgDump> {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...versions];
  const found: PgDump[] = [];
  for (const folder of folders) {
    if (!existsSync(join(folder, 'pg_dump'))) continue;
    const version = /(\d+(\.\d+)*)/.exec(await output(join(folder, 'pg_dump'), ['--version'], {}))?.[1];
    if (version !== undefined) found.push({ folder, version });
  }
  const [newest] = found.toSorted((a, b) => major(b.version) - major(a.version));
  if (!newest) {
    throw new Problem('PG_DUMP_MISSING', 'There is no pg_dump on this machine.', {
      fix: `Install PostgreSQL's client programs, version ${major(server)} or later.`,
    });
  }
  if (major(newest.version) >= major(server)) return newest;
  throw new Problem(
    'PG_DUMP_TOO_OLD',
    `pg_dump ${newest.version} cannot read a server of version ${server}.`,
    { fix: `Install PostgreSQL's client programs, version ${major(server)} or later.` },
  );
}

const major = (version: string): number => Number.parseInt(version, 10);

/**
 * @param snapshot as pg_export_snapshot() named it: the dump holds what that transaction sees
 * @param folder for the certificate, which libpq reads from files
 * @throws Problem PG_DUMP_FAILED while it is read
 */
export function pgDump(
  { folder: programs }: PgDump,
  server: DatabaseServer,
  { snapshot, folder }: { snapshot: string; folder: string },
): AsyncGenerator<Buffer> {
  const args = ['--format=plain', '--encoding=UTF8', '--no-password', '--lock-wait-timeout=30s'];
  return run(join(programs, 'pg_dump'), [...args, `--snapshot=${snapshot}`], signIn(server, folder));
}

async function* run(command: string, args: string[], env: Record<string, string>): AsyncGenerator<Buffer> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = text(child.stderr);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  ended.catch(() => {}); // told below
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code, signal] = await ended;
    if (code === 0) return;
    throw failed(command, signal ?? `exit code ${code}`, await said);
  } finally {
    child.kill();
  }
}

/** The server's words name tables and roles, never rows; libpq does not repeat passwords. */
function failed(command: string, how: string, said: string): Problem {
  const line =
    said
      .trim()
      .split('\n')
      .find((text) => /error|fatal/i.test(text)) ?? said.trim().split('\n')[0];
  const name = command.split('/').at(-1);
  return new Problem('PG_DUMP_FAILED', `${name} failed (${how})${line ? `: ${line}` : ''}.`, {
    fix: 'Nothing was stored. Mend what it says, then run it again.',
  });
}

async function output(command: string, args: string[], env: Record<string, string>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of run(command, args, env)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** As variables, so that no password shows in the list of processes. */
function signIn(server: DatabaseServer, folder: string): Record<string, string> {
  const { tls } = server;
  const address =
    'url' in server
      ? fromUrl(server.url)
      : {
          PGHOST: server.host,
          PGPORT: String(server.port),
          PGDATABASE: server.database,
          PGUSER: server.user,
        };
  if (!tls) return address;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  return {
    ...address,
    PGSSLMODE: 'verify-full',
    PGSSLCERT: file('client.crt', tls.cert),
    PGSSLKEY: file('client.key', tls.key),
    PGSSLROOTCERT: file('ca.crt', tls.ca),
  };
}

function fromUrl(address: string): Record<string, string> {
  const url = new URL(address);
  const database = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username);
  const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[|\]$/g, '');
  const mode = url.searchParams.get('sslmode');
  return {
    PGHOST: host,
    PGDATABASE: database,
    ...(url.port && { PGPORT: url.port }),
    ...(url.username && { PGUSER: decodeURIComponent(url.username) }),
    ...(url.password && { PGPASSWORD: decodeURIComponent(url.password) }),
    ...(mode && { PGSSLMODE: mode }),
  };
}
