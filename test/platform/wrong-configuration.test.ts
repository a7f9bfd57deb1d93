/** The real program on every wrong configuration of the table: what it says, and that it never shows a value. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHomepage, startSite, type RunningSite } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  startMinio,
  startPostgresql,
  startValkey,
  withoutRootsPowers,
  type Bundle,
} from '@homepage/testkit/services';
import type { Result } from '../../apps/ops/src/commands/doctor.ts';
import { CANARY, wrongConfigurations, type Ground, type WrongConfiguration } from './wrong-configurations.ts';

const repository = resolve(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;

test('there are many of them, each with its own name, and docs/reference/errors.md explains every code', () => {
  const names = wrongConfigurations.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(35);
  expect(new Set(names).size).toBe(names.length);
  const page = readFileSync(join(repository, 'docs/reference/errors.md'), 'utf8');
  const explained = [...page.matchAll(/^\| `([A-Z_0-9]+)` \|/gm)].map(([, code]) => code);
  expect(wrongConfigurations.map(({ code }) => code).filter((code) => !explained.includes(code))).toEqual([]);
});

describe.skipIf(missing('postgresql', 'valkey', 'minio'))('a wrong configuration is named:', () => {
  let ground: Ground;
  let good: Record<string, string>;
  let folder: string;
  let web: Server;
  const remove: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'homepage-wrong-'));
    chmodSync(folder, 0o755); // others may look into it
    remove.push(() => rmSync(folder, { recursive: true, force: true }));
    const [authority, stranger] = await Promise.all([
      makeAuthority('Homepage root'),
      makeAuthority('Stranger'),
    ]);
    const elsewhere = await stranger.issue({ name: 'homepage-minio', purpose: 'server' });
    const [postgresql, valkey, minio, secureMinio] = await Promise.all([
      startPostgresql(authority, { anyDatabase: true }),
      startValkey(authority),
      startMinio(),
      startMinio({ tls: elsewhere }),
    ]);
    for (const server of [postgresql, valkey, minio, secureMinio]) remove.push(() => server.remove());
    web = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Hello</title>'),
    ).listen(0, '127.0.0.1');
    await once(web, 'listening');
    remove.push(() => web.closeAllConnections());
    const { port } = web.address() as { port: number };
    const bundle: Ground['bundle'] = (name, options) =>
      authority.issue({ name, purpose: 'both', ...options });
    const copy = join(folder, 'repository');
    ground = {
      authority,
      stranger,
      postgresql,
      valkey,
      minio,
      secureMinio,
      webPort: port,
      takenPort: port,
      fullDisk: mountFullDisk(),
      bundle,
      withDotEnv(text) {
        copyRepository(copy);
        rmSync(join(copy, '.env'), { force: true });
        writeFileSync(join(copy, '.env'), text);
        return copy;
      },
    };
    good = {
      ...(await bundle('homepage-api')),
      'database.json': JSON.stringify(postgresql.connection('homepage_app')),
      'cache.json': JSON.stringify(valkey.connection('api')),
      'storage.json': JSON.stringify(minio.connection),
    };
    await prepareDatabases(await bundle('homepage-migrate'));
  }, 180_000);
  afterAll(async () => {
    for (const step of remove.toReversed()) await step();
    web?.close();
  });

  /** "homepage" as a release makes it, and others that are behind, newer, or let people in in other ways. */
  async function prepareDatabases(owner: Bundle): Promise<void> {
    const { postgresql } = ground;
    const secrets = writeFolder('owner', {
      ...owner,
      'database.json': JSON.stringify(postgresql.connection('homepage_owner')),
    });
    const { code, stderr } = await runHomepage(['migrate'], folder, { SECRETS_DIR: secrets });
    expect([code, stderr]).toEqual([0, '']);
    postgresql.sql('create database behind owner homepage_owner', 'postgres');
    postgresql.sql('create database newer template homepage', 'postgres');
    postgresql.sql(
      `insert into kysely_migration values ('9999-later', now()::text);
       update meta set value = '9999-later' where key = 'schema_readable_from'`,
      'newer',
    );
    postgresql.sql('create database trusting; create database asking', 'postgres');
    postgresql.sql(`create role with_password login password 'another one'`, 'postgres');
    const rules = join(postgresql.service.folder, 'pg_hba.conf');
    const text = readFileSync(rules, 'utf8');
    writeFileSync(
      rules,
      text.replace(
        /^host +all +all +all +reject$/m,
        'host trusting all 127.0.0.1/32 trust\nhost asking all 127.0.0.1/32 scram-sha-256\n$&',
      ),
    );
    expect(readFileSync(rules, 'utf8')).not.toBe(text);
    postgresql.service.reload();
  }

  function writeFolder(name: string, files: Record<string, string>): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  }

  /** A file system of 8 MB; undefined where this user may mount none. */
  function mountFullDisk(): string | undefined {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    if (!isRoot || !succeeds('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk)) return undefined;
    remove.push(() => void succeeds('umount', disk));
    return disk;
  }

  const platformEnv = (number: string): Record<string, string> => ({
    PORT: '0',
    OPS_PORT: '0',
    SECRETS_DIR: writeFolder(number, good),
  });

  test('(what is well says facts, and which of two is in force)', async () => {
    const { postgresql } = ground;
    const env = {
      ...platformEnv('secrets-well'),
      DATABASE_URL: `postgres://homepage_app@127.0.0.1:${postgresql.port}/homepage`,
    };
    const { code, stdout } = await runHomepage(['doctor', '--json'], join(folder, 'data-well'), env);
    const { checks } = JSON.parse(stdout) as { checks: Result[] };
    expect({ code, failed: checks.filter(({ ok }) => !ok) }).toEqual({ code: 0, failed: [] });
    const facts = Object.fromEntries(checks.map(({ name, detail }) => [name, detail]));
    expect(facts).toMatchObject({
      settings: expect.stringMatching(/; DATABASE_URL is in force, database\.json is not$/),
      certificate: expect.stringMatching(/^homepage-api, signed by Homepage root, until 20\S+ \(\d+ days/),
      'data folder': 'not used: database and storage are servers',
      rights: 'reads and writes rows, cannot change the schema',
      cache: expect.stringMatching(/^Valkey \d+\.\d+/),
      storage: expect.stringMatching(/^bucket homepage at 127\.0\.0\.1:\d+ can be written, \d+ objects, /),
      clock: expect.stringMatching(
        /^-?\d+\.\d s ahead of that of the database, -?\d+\.\d s ahead of that of the object storage$/,
      ),
    });
  });

  test('(what Kubernetes sets for Services is nothing of ours)', async () => {
    const address = 'tcp://10.43.0.7:80';
    const site = await startSite({
      dataDir: join(folder, 'data-kubernetes'),
      env: {
        ...platformEnv('secrets-kubernetes'),
        HOMEPAGE_PORT: address,
        HOMEPAGE_PORT_80_TCP: address,
        HOMEPAGE_SERVICE_HOST: '10.43.0.7',
        HOMEPAGE_SERVICE_PORT: '80',
        DATABASE_PORT: address,
        DATABASE_SERVICE_HOST: '10.43.0.8',
        CACHE_PORT: address,
        STORAGE_PORT: address,
        KUBERNETES_SERVICE_HOST: '10.43.0.1',
        NODE_ENV: 'production',
        HOSTNAME: 'homepage-api-0',
      },
    });
    expect((await fetch(`${site.opsAddress}/readyz`)).status).toBe(200);
    site.process.kill('SIGKILL');
  });

  test('(a process that is started while the database is away becomes ready when it is back)', async () => {
    await ground.postgresql.service.stop();
    const site = await startSite({ dataDir: join(folder, 'data-later'), env: platformEnv('secrets-later') });
    expect(site.output()).toMatch(/^Homepage has started: \S+\nIt gets no visitors yet: \S/m);
    expect((await fetch(`${site.opsAddress}/readyz`)).status).toBe(503);
    await ground.postgresql.service.start();
    await expect.poll(async () => (await fetch(`${site.opsAddress}/readyz`)).status).toBe(200);
    site.process.kill('SIGKILL');
  });

  test('(migrations need the owner)', async () => {
    const secrets = writeFolder('secrets-migrate', {
      ...good,
      'database.json': JSON.stringify({
        ...ground.postgresql.connection('homepage_app'),
        database: 'behind',
      }),
    });
    const { code, stdout } = await runHomepage(['migrate', '--json'], folder, { SECRETS_DIR: secrets });
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      {
        error: expect.objectContaining({
          code: 'DATABASE_DENIED',
          field: 'DATABASE_URL',
          fix: expect.stringContaining('migrations need the owner (DATABASE_OWNER_URL)'),
        }),
      },
    ]);
  });

  const keyOf = (pem: string): string => pem.split('\n')[1]!;

  test.for(wrongConfigurations.map((row, index) => ({ ...row, index })))('$name', async (row, { skip }) => {
    const change = await row.breaks(ground);
    if (!change) return skip('nothing can be mounted here');
    const data = writeFolder(`data-${row.index}`, {});
    const files = row.shape === 'platform' ? { ...good, ...change.files } : {};
    const kept = Object.entries(files).filter((file): file is [string, string] => file[1] !== null);
    const secrets = writeFolder(`secrets-${row.index}`, Object.fromEntries(kept));
    change.prepare?.({ secrets, data });
    const env = Object.fromEntries(
      Object.entries({
        PORT: '0',
        OPS_PORT: '0',
        DATA_DIR: data,
        ...(row.shape === 'platform' && { SECRETS_DIR: secrets }),
        ...change.env,
      }).map(([name, value]) => [name, value.replace('{data}', data)]),
    );
    const as = {
      ...(change.repository !== undefined && { repository: change.repository }),
      host: change.withoutRootsPowers ? withoutRootsPowers : undefined,
    };
    try {
      const started = await start(row, { dataDir: data, env, ...as });
      const { code, stdout, stderr } = await runHomepage(['doctor', '--json'], data, env, as);
      const { checks } = JSON.parse(stdout) as { checks: Result[] };
      const found = checks.find(({ name }) => name === row.check);
      expect({ code, found }).toEqual({
        code: 1,
        found: {
          name: row.check,
          ok: false,
          detail: expect.stringMatching(row.message),
          fix: expect.any(String),
          code: row.code,
          field: row.field ? expect.stringMatching(row.field) : null,
          command: row.command ? expect.stringMatching(row.command) : expect.toSatisfy(isCommandOrNull),
        },
      });
      expect(`${found!.detail} ${found!.fix}`).toMatch(row.fix);
      // Whatever one of them finds, the others look too.
      expect(checks.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['Node', 'web build', 'Chromium']),
      );
      expect(checks.filter(({ ok, fix }) => ok !== (fix === null))).toEqual([]);
      const shown = started + stdout + stderr;
      const values = [
        CANARY,
        ground.minio.connection.secretKey,
        ground.secureMinio.connection.secretKey,
        ground.valkey.connection('api').password,
        ground.valkey.connection('exporter').password,
        keyOf(good['tls.key']!),
        ...kept
          .filter(([name, text]) => name === 'tls.key' && text.includes('\n'))
          .map(([, text]) => keyOf(text)),
      ];
      expect(values.filter((value) => shown.includes(value))).toEqual([]);
    } finally {
      await change.after?.();
    }
  });

  /** Starts it and looks at what it says. @returns all that it printed */
  async function start(row: WrongConfiguration, options: Parameters<typeof startSite>[0]): Promise<string> {
    const starting = startSite(options);
    if (!row.start) {
      const failure = await starting.then(
        (site) => (site.process.kill('SIGKILL'), `it started:\n${site.output()}`),
        (error: Error) => error.message,
      );
      expect(failure).toMatch(/^the site ended with 1 before it was ready:\n/);
      expect(failure).toMatch(row.message);
      expect(failure).toMatch(row.fix);
      return failure;
    }
    const site = await starting;
    try {
      await expect
        .poll(() => told(site))
        .toEqual(expect.arrayContaining([expect.stringMatching(row.message)]));
      const line = told(site).find((text) => row.message.test(text));
      expect(line).toMatch(new RegExp(`^${row.code}: `));
      expect(line).toMatch(row.fix);
      const answer = await fetch(`${site.opsAddress}/readyz`);
      const readiness = await answer.text();
      if (row.start === 'unready') {
        expect([answer.status, readiness]).toEqual([503, expect.stringMatching(row.message)]);
        expect(readiness).toMatch(row.fix);
      } else {
        await expect.poll(async () => (await fetch(`${site.opsAddress}/readyz`)).status).toBe(200);
      }
      return site.output() + readiness;
    } finally {
      site.process.kill('SIGKILL');
      await once(site.process, 'exit');
    }
  }
});

/** What the lines of its log say. */
function told(site: RunningSite): string[] {
  return site
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { code?: string; reason?: string; fix?: string })
    .map(({ code, reason, fix }) => `${code}: ${reason} ${fix}`);
}

const succeeds = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

const isCommandOrNull = (command: unknown): boolean => command === null || typeof command === 'string';

/** The files of the repository as they are now; the modules are shared. */
function copyRepository(copy: string): void {
  const list = [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    'apps',
    'packages',
    'scripts',
    '*.*',
  ];
  const files = execFileSync('git', list, { cwd: repository, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) cpSync(join(repository, file), join(copy, file));
  rmSync(join(copy, 'node_modules'), { force: true });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
}
