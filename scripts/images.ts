/**
 * `npm run images`: builds both images where their bases cannot be pulled, on files of this machine, and looks at what runs:
 * health, pages, native code, user, a root that nobody can write to, signals, and what is in them.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem, problemText } from '@homepage/platform';
import { freePort } from '@homepage/testkit/services';
import { proveCompose } from './compose/prove.ts';
import { makeBackupPlace } from './image/backup.ts';
import { useEngine, type Engine } from './image/engine.ts';
import { buildLocally } from './image/local.ts';
import { NOT_IN_IMAGES } from './image/not-in-images.ts';
import { parseOrEnd } from './parse.ts';

const HELP = `npm run images [-- --short --keep]
Builds the images of the API and of nginx on files of this machine, runs them in Docker and looks at them; then the same with
deploy/compose.
  --short  without compose
  --keep   leaves them as homepage-backend:local and homepage-frontend:local`;

const root = resolve(import.meta.dirname, '..');
const { values } = parseOrEnd({
  keep: { type: 'boolean' },
  short: { type: 'boolean' },
  help: { type: 'boolean' },
});
/** Nothing else: what the images promise they keep under it. */
const HARDENED = [
  '--read-only',
  '--tmpfs=/tmp:mode=1777',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
];
const READY_WITHIN_MS = 60_000;

if (values.help) console.log(HELP);
else {
  try {
    await prove();
  } catch (error) {
    console.error(error instanceof Problem ? problemText(error) : (error as Error).message);
    process.exitCode = 1;
  }
}

async function prove(): Promise<void> {
  const engine = await useEngine();
  const work = mkdtempSync(join(tmpdir(), 'homepage-images-'));
  const started: string[] = [];
  const tags = { backend: 'homepage-backend:local', frontend: 'homepage-frontend:local' };
  try {
    for (const name of ['backend', 'frontend'] as const) {
      const context = join(work, name);
      mkdirSync(context);
      await buildLocally(engine, { repository: root, name, context, tag: tags[name] });
      const bytes = Number(engine.docker('image', 'inspect', '--format', '{{.Size}}', tags[name]));
      done(`${name} is built: ${(bytes / 1e6).toFixed(0)} MB`);
      equal(engine.docker('image', 'inspect', '--format', '{{.Config.User}}', tags[name]), '65532:65532');
    }
    const port = await freePort();
    const opsPort = await freePort();
    const api = run(engine, started, tags.backend, [], {
      HOST: '127.0.0.1',
      OPS_HOST: '127.0.0.1',
      PORT: `${port}`,
      OPS_PORT: `${opsPort}`,
      DATA_DIR: '/tmp/data',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const since = performance.now();
    await until(engine, api, `http://127.0.0.1:${opsPort}/readyz`);
    done(`the API is ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);

    const local = join(work, 'place.conf');
    const upstream = ['api', 'api_files'].map(
      (name) => `map "" $${name} { default http://127.0.0.1:${port}; }\n`,
    );
    writeFileSync(local, upstream.join(''));
    const nginx = run(
      engine,
      started,
      tags.frontend,
      [`--volume=${local}:/etc/nginx/local/place.conf:ro`],
      {},
    );
    await until(engine, nginx, 'http://127.0.0.1:8081/healthz');
    await lookAtPages('http://127.0.0.1:8080');
    done('pages, compressed files and pictures come through nginx');

    for (const [name, container] of Object.entries({ backend: api, frontend: nginx })) {
      const users = engine.docker('top', container, '-eo', 'pid,uid,gid').split('\n').slice(1);
      for (const line of users) deepEqual(line.trim().split(/\s+/).slice(1), ['65532', '65532']);
      const files = filesOf(engine, container, join(work, `${name}.tar`));
      deepEqual(
        files.filter((path) => NOT_IN_IMAGES.includes(basename(path))),
        [],
      );
      done(
        `${name}: ${users.length} processes of user 65532, ${files.length} files, no shell and nothing that installs`,
      );
    }
    const writes = engine.docker('diff', api) + engine.docker('diff', nginx);
    ok(
      !/^[AC] \/(?!tmp|proc|sys|dev|run|vault|etc(\/(nginx(\/local(\/place\.conf)?)?|hosts|hostname|resolv\.conf|mtab))?$)/m.test(
        writes,
      ),
      writes,
    );
    done('nothing was written but in /tmp');

    for (const [name, container] of Object.entries({ frontend: nginx, backend: api })) {
      engine.docker('stop', '--time', '30', container);
      equal(
        engine.docker('inspect', '--format', '{{.State.ExitCode}}', container),
        '0',
        engine.docker('logs', container),
      );
      done(`${name} ends in order when it is told to`);
    }
    await proveBackups(engine, tags.backend);
    if (!values.short) await proveCompose(engine, { repository: root, work, done });
  } finally {
    for (const container of started) tolerate(() => engine.docker('rm', '--force', container));
    if (!values.keep) tolerate(() => engine.docker('image', 'rm', '--force', tags.backend, tags.frontend));
    await engine.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

async function proveBackups(engine: Engine, tag: string): Promise<void> {
  const place = await makeBackupPlace(root);
  try {
    for (const job of ['backup', 'verify'] as const) {
      const { args, env } = place.containers[job];
      const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
      const secrets = `--volume=${place.secrets[job]}:${env['SECRETS_DIR']}:ro`;
      const said = engine.docker(
        'run',
        '--rm',
        '--network=host',
        ...HARDENED,
        secrets,
        ...variables,
        tag,
        ...args,
      );
      ok(said.includes('Restored and the same'), said);
    }
  } finally {
    await place.remove();
  }
  done('the jobs of the cluster back PostgreSQL up, and restore what they made');
}

function done(what: string): void {
  console.log(`✓ ${what}`);
}

function tolerate(work: () => void): void {
  try {
    work();
  } catch {
    // it is gone already, or was never there
  }
}

/** @returns the container's name */
function run(
  engine: Engine,
  started: string[],
  tag: string,
  options: string[],
  env: Record<string, string>,
): string {
  const name = `homepage-${started.length}-${process.pid}`;
  started.push(name);
  const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  // The machine's own network: nothing has to be published, and no rule of a firewall has to be set.
  engine.docker(
    'run',
    '--detach',
    '--name',
    name,
    '--network=host',
    ...HARDENED,
    ...options,
    ...variables,
    tag,
  );
  return name;
}

async function until(engine: Engine, container: string, address: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const status = await fetch(address).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    const running = engine.docker('inspect', '--format', '{{.State.Running}}', container) === 'true';
    if (!running || performance.now() > deadline)
      throw new Error(`${container} does not answer at ${address}:\n${engine.docker('logs', container)}`);
    await wait(100);
  }
}

async function lookAtPages(address: string): Promise<void> {
  const page = await (await fetch(address)).text();
  ok(page.includes('Sample content'));
  const script = /\/_app\/immutable\/[^"]+\.js/.exec(page)?.[0];
  const file = await fetch(address + script, { headers: { 'accept-encoding': 'br' } });
  deepEqual([file.status, file.headers.get('content-encoding')], [200, 'br']);
  equal((await fetch(`${address}/_app/immutable/missing.js`)).status, 404);
  const { items } = (await (await fetch(`${address}/api/v1/posts`)).json()) as { items: { url: string }[] };
  const picture = await fetch(`${address}/og${items[0]!.url}.png`);
  deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png']);
}

function filesOf(engine: Engine, container: string, archive: string): string[] {
  engine.docker('export', '--output', archive, container);
  const { stdout } = spawnSync('tar', ['--list', '--file', archive], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  rmSync(archive);
  return stdout.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
}
