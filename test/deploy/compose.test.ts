/** deploy/compose: the same shape as production, nothing of it reachable from elsewhere, and read by Compose itself. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lockFile, readLock } from '@homepage/images';
import { environment, Problem } from '@homepage/platform';
import { composeCommand } from '../../scripts/compose/command.ts';
import { ensureEnvFile } from '../../scripts/compose/env-file.ts';
import { COMPOSE_IMAGES, imageVariables } from '../../scripts/compose/images.ts';
import { ofServers, secretFiles } from './counterparts.ts';

const repository = resolve(import.meta.dirname, '../..');
const folder = join(repository, 'deploy/compose');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

type Service = {
  image: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  restart?: string;
  [field: string]: unknown;
};
const text = read('deploy/compose/compose.yaml');
const compose = parse(text, { merge: true }) as { services: Record<string, Service>; volumes: object };
const services = Object.entries(compose.services);

/** a port of this machine that may be chosen, and the one behind it */
const PUBLISHED = /^127\.0\.0\.1:\$\{\w+:-(\d+)\}:(\d+)$/;

const work = mkdtempSync(join(tmpdir(), 'homepage-compose-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

// What each is in production is compared with the rendered manifests there: test/kubernetes/checks/compose.ts (56).
test('what is published is the port of the container, and can be moved', () => {
  for (const [, { ports = [] }] of services)
    for (const port of ports) {
      const [, usual, inside] = PUBLISHED.exec(port)!;
      expect(usual).toBe(inside);
    }
});

test('each service runs once', () => {
  const several = services.filter(([, service]) => 'deploy' in service || 'scale' in service);
  expect(several.map(([name]) => name)).toEqual([]);
});

test('the README has a row for every service', () => {
  const page = read('deploy/compose/README.md');
  for (const [name] of services) expect(page).toContain(`\`${name}\``);
});

test('nothing is reachable from elsewhere, and nothing has rights over this machine', () => {
  for (const [name, service] of services) {
    for (const port of service.ports ?? [])
      expect([name, port]).toEqual([name, expect.stringMatching(PUBLISHED)]);
    for (const field of ['privileged', 'network_mode', 'pid', 'ipc', 'devices', 'userns_mode'])
      expect([name, field, service[field]]).toEqual([name, field, undefined]);
    expect(service.security_opt).toContain('no-new-privileges:true');
    for (const volume of service.volumes ?? []) expect(volume).not.toContain('docker.sock');
    // PostgreSQL's own image begins as root and gives its rights up.
    if (name !== 'postgres') expect([name, service.cap_drop]).toEqual([name, ['ALL']]);
  }
});

test('names in .env are those of production: each secret file has its variable, each variable its reader', () => {
  const file = join(work, 'names.env');
  ensureEnvFile(file);
  const names = Object.keys(parseEnv(readFileSync(file, 'utf8')));
  const known = [...Object.keys(environment.shape), ...Object.keys(ofServers)];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  for (const [secret, variable] of Object.entries(secretFiles)) {
    expect(names).toContain(variable);
    expect(read('docs/reference/environment.md')).toMatch(
      new RegExp(`^\\| \`${secret}\` .*\`${variable}\``, 'm'),
    );
  }
  // What compose takes from .env is there.
  for (const [, name] of text.matchAll(/\$\{(\w+):\?/g))
    expect([...names, ...Object.keys(COMPOSE_IMAGES)]).toContain(name);
});

test('what the site is given has names that it reads', () => {
  for (const name of ['api', 'backend', 'setup'])
    for (const variable of Object.keys(compose.services[name]!.environment!))
      expect([...Object.keys(environment.shape), 'VAULT_ADDR', 'VAULT_CACERT', 'VAULT_TOKEN']).toContain(
        variable,
      );
  // Who may change the schema is the one that does.
  expect(compose.services['api']!.environment).not.toHaveProperty('DATABASE_OWNER_URL');
});

test('images are those of deploy/images.lock, by digest where there is one', () => {
  const lock = readLock(lockFile(repository));
  const { variables, byTag } = imageVariables(lock);
  for (const [, { image }] of services) {
    const name = /^\$\{(\w+):[?-]/.exec(image)?.[1];
    expect([...Object.keys(variables), 'BACKEND_IMAGE', 'FRONTEND_IMAGE']).toContain(name);
  }
  expect(byTag).toEqual(Object.values(COMPOSE_IMAGES).filter((key) => lock.images[key]!.digest === null));
  const digest = `sha256:${'a'.repeat(64)}`;
  const image = { ...lock.images['postgres']!, digest, resolvedAt: '2026-01-01T00:00:00Z' };
  const resolved = imageVariables({ images: { ...lock.images, postgres: image } });
  expect(resolved.variables['POSTGRES_IMAGE']).toBe(`${image.name}@${digest}`);
  expect(resolved.byTag).not.toContain('postgres');
});

test('who needs a server waits until it is healthy, and data survive', () => {
  expect(compose.services['setup']!.depends_on).toMatchObject({
    postgres: { condition: 'service_healthy' },
    valkey: { condition: 'service_healthy' },
    vault: { condition: 'service_healthy' },
  });
  for (const name of ['api', 'backend'])
    expect(compose.services[name]!.depends_on).toEqual({
      setup: { condition: 'service_completed_successfully' },
    });
  for (const name of ['api', 'backend', 'postgres', 'valkey', 'vault'])
    expect(compose.services[name]!.healthcheck).toBeDefined();
  // Images of PostgreSQL from 18 on have their data below this, in a folder for each major version.
  expect(compose.services['postgres']!.volumes).toContain('postgres-data:/var/lib/postgresql');
  expect(compose.services['minio']!.volumes).toContain('minio-data:/data');
});

test('Valkey has the settings of production, but for TLS and users', () => {
  const settings = (file: string): string[] =>
    read(file)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const tls = /^(port|tls-|aclfile|protected-mode)/;
  expect(settings('deploy/compose/valkey.conf').filter((line) => !tls.test(line))).toEqual(
    settings('deploy/valkey/valkey.conf').filter((line) => !tls.test(line)),
  );
});

describe('.env', () => {
  test('is made once, for its owner alone; what is in it stays, and what it lacks is added', () => {
    const file = join(work, '.env');
    expect(ensureEnvFile(file)).toBe(true);
    const first = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(ensureEnvFile(file)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(first);
    writeFileSync(file, first.replace(/^SESSION_KEY=.*\n/m, 'LOG_LEVEL=debug\n'));
    ensureEnvFile(file);
    const second = parseEnv(readFileSync(file, 'utf8'));
    expect(second).toMatchObject({
      ...parseEnv(first),
      SESSION_KEY: expect.any(String) as string,
      LOG_LEVEL: 'debug',
    });
    expect(Buffer.from(second['SESSION_KEY']!, 'base64')).toHaveLength(32);
  });

  test('passwords of one file are in no other', () => {
    const values = ['one', 'two'].map((name) => {
      ensureEnvFile(join(work, name));
      return parseEnv(readFileSync(join(work, name), 'utf8'));
    });
    for (const name of Object.keys(ofServers).filter((name) => name !== 'MINIO_ROOT_USER'))
      expect(values[0]![name]).not.toBe(values[1]![name]);
  });
});

// No program that tests bring: where it is not, that is said, and `npm run images` proves it where Docker is.
if (!hasCompose())
  console.log('There is no Docker Compose here: deploy/compose/compose.yaml was not read by it.');
else
  test('Compose itself reads it, with every service of every profile', () => {
    const file = join(work, 'config.env');
    ensureEnvFile(file);
    const [command, ...words] = composeCommand();
    const options = [
      '--project-directory',
      folder,
      '--file',
      join(folder, 'compose.yaml'),
      '--env-file',
      file,
    ];
    const { status, stdout, stderr } = spawnSync(
      command!,
      [...words, ...options, '--profile', '*', 'config', '--format', 'json'],
      {
        encoding: 'utf8',
        env: { ...process.env, ...imageVariables(readLock(lockFile(repository))).variables },
      },
    );
    expect([status, stderr]).toEqual([0, '']);
    const read = JSON.parse(stdout) as typeof compose;
    expect(Object.keys(read.services).toSorted()).toEqual(services.map(([name]) => name).toSorted());
  });

function hasCompose(): boolean {
  try {
    composeCommand();
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
