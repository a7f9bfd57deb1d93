/**
 * Starts deploy/compose with the servers of this machine in an empty image, in place of those that cannot be pulled: everything
 * becomes healthy in order, the site answers on 127.0.0.1 alone, and what was written is there after down and up.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { requireProgram } from '@homepage/testkit/programs';
import { freePort } from '@homepage/testkit/services';
import type { Engine } from '../image/engine.ts';
import { composeCommand } from './command.ts';
import { ensureEnvFile } from './env-file.ts';
import { COMPOSE_IMAGES } from './images.ts';

const STAND_IN = 'homepage-stand-in:local';
const HEALTHY_WITHIN_MS = 180_000;
const PORTS = ['SITE_PORT', 'SITE_OPS_PORT', 'POSTGRES_PORT', 'VALKEY_PORT', 'MINIO_PORT', 'VAULT_PORT'];
const HEALTHY = ['api', 'postgres', 'valkey', 'vault'];

type Options = { repository: string; work: string; done: (what: string) => void };

export async function proveCompose(engine: Engine, { repository, work, done }: Options): Promise<void> {
  const [command, ...words] = composeCommand();
  buildStandIn(engine, join(work, 'stand-in'));
  const envFile = join(work, 'compose.env');
  ensureEnvFile(envFile);
  const ports: Record<string, string> = {};
  for (const name of PORTS) ports[name] = String(await freePort());
  const env = {
    ...engine.env,
    ...Object.fromEntries(Object.keys(COMPOSE_IMAGES).map((name) => [name, STAND_IN])),
    ...ports,
    ...programs(repository),
  };
  const folder = join(repository, 'deploy/compose');
  const files = [join(folder, 'compose.yaml'), join(repository, 'scripts/compose/stand-ins.yaml')];
  const options = [
    ...['--project-name', 'homepage-proof', '--project-directory', folder, '--env-file', envFile],
    ...files.flatMap((file) => ['--file', file]),
  ];
  const compose = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command!, [...words, ...options, ...args], {
      encoding: 'utf8',
      env,
    });
    if (status !== 0) throw new Error(`compose ${args.join(' ')}: ${stderr || stdout}`);
    return stdout;
  };
  const site = `http://127.0.0.1:${ports['SITE_PORT']}`;
  try {
    compose('up', '--detach');
    await untilHealthy(compose);
    done('compose: everything is up, each part after those that it needs');
    const homepage = ['exec', '--no-TTY', 'api', 'node_modules/node/bin/node', 'apps/ops/bin/homepage.js'];
    compose(...homepage, 'import', 'packages/site/sample');
    const before = await titles(site);
    ok(before.length > 3);
    ok((await (await fetch(`${site}/posts`)).text()).includes(before[0]!));
    done('compose: the site shows what was imported');
    onThisMachineAlone(engine);
    done('compose: nothing listens on another address than 127.0.0.1');
    compose('down');
    compose('up', '--detach');
    await untilHealthy(compose);
    deepEqual(await titles(site), before);
    done('compose: what was written is there after down and up');
  } catch (error) {
    const logs = spawnSync(command!, [...words, ...options, 'logs', '--tail', '30'], {
      encoding: 'utf8',
      env,
    });
    throw new Error(`${(error as Error).message}\n${logs.stdout}`, { cause: error });
  } finally {
    spawnSync(command!, [...words, ...options, 'down', '--volumes', '--timeout', '10'], { env });
  }
}

/** Nothing but folders and the links that Debian has at its root: programs come from this machine. */
function buildStandIn(engine: Engine, context: string): void {
  const root = join(context, 'root');
  for (const path of [
    'usr',
    'etc',
    'tmp',
    'proc',
    'dev',
    'app',
    'data',
    'programs',
    'minio-data',
    'vault/tls',
    'var/lib/postgresql',
  ])
    mkdirSync(join(root, path), { recursive: true });
  // A file system in memory takes the mode of the folder that it is put over.
  for (const path of ['tmp', 'data']) chmodSync(join(root, path), 0o1777);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/root:/bin/sh\npostgres:x:${ownerOfPostgresql().join(':')}::/tmp:/bin/sh\n`,
  );
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root /\nENV PATH=/programs:/usr/bin:/bin\n');
  engine.docker('build', '--quiet', '--tag', STAND_IN, context);
}

function programs(repository: string): Record<string, string> {
  const [uid, gid] = ownerOfPostgresql();
  return {
    NODE_MODULES: realpathSync(join(repository, 'node_modules')),
    POSTGRESQL_BIN: dirname(requireProgram('postgresql')),
    MINIO: requireProgram('minio'),
    VAULT: requireProgram('vault'),
    SERVER_UID: uid,
    SERVER_GID: gid,
  };
}

function ownerOfPostgresql(): [string, string] {
  const id = (flag: string): string =>
    spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim();
  return [id('-u'), id('-g')];
}

type Container = { Service: string; State: string; Health: string; ExitCode: number };

async function untilHealthy(compose: (...args: string[]) => string): Promise<void> {
  const deadline = performance.now() + HEALTHY_WITHIN_MS;
  for (;;) {
    const containers = compose('ps', '--all', '--format', 'json')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Container);
    const failed = containers.filter(({ State, ExitCode }) => State === 'exited' && ExitCode !== 0);
    deepEqual(
      failed.map(({ Service }) => Service),
      [],
    );
    const healthy = containers.filter(({ Health }) => Health === 'healthy').map(({ Service }) => Service);
    if (HEALTHY.every((name) => healthy.includes(name))) return;
    if (performance.now() > deadline) throw new Error(`not healthy in time: ${JSON.stringify(containers)}`);
    await wait(1_000);
  }
}

async function titles(site: string): Promise<string[]> {
  const { items } = (await (await fetch(`${site}/api/v1/posts`)).json()) as { items: { title: string }[] };
  return items.map(({ title }) => title);
}

function onThisMachineAlone(engine: Engine): void {
  const all = engine.docker(
    'ps',
    '--filter',
    'label=com.docker.compose.project=homepage-proof',
    '--format',
    '{{.Ports}}',
  );
  const published = all.split(/[\n,]/).filter((port) => port.includes('->'));
  equal(published.length, PORTS.length);
  for (const port of published) ok(port.trim().startsWith('127.0.0.1:'), port);
}
