/** The files of both images: which packages come along, and whether the program runs on them and on nothing else. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { missing } from '@homepage/testkit/programs';
import { freePort } from '@homepage/testkit/services';
import { layOutBackend } from './backend.ts';
import { makeBackupPlace, type BackupPlace } from './backup.ts';
import { layOutFrontend } from './frontend.ts';
import { backupPrograms, layOutMachine } from './machine.ts';
import { NOT_IN_IMAGES } from './not-in-images.ts';
import { neededBy, onlySomewhere, type Lockfile } from './packages.ts';

const repository = resolve(import.meta.dirname, '../..');
const lockfile = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as Lockfile;
const node = process.execPath;
const cpu = process.arch as 'x64' | 'arm64';

const MB = 1024 * 1024;

const work = mkdtempSync(join(tmpdir(), 'homepage-image-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const filesIn = (folder: string): string[] =>
  globSync('**/*', { cwd: folder }).filter((path) => !lstatSync(join(folder, path)).isDirectory());
const bytesIn = (folder: string): number =>
  filesIn(folder).reduce((sum, path) => sum + lstatSync(join(folder, path)).size, 0);

describe('packages', () => {
  const small = (entries: Lockfile['packages']): Lockfile => ({ packages: entries });

  test('come as Node finds them: the nearer one, with their own, and those of this machine alone', () => {
    const lock = small({
      'apps/a': { dependencies: { '@x/own': '*', one: '1' } },
      'packages/own': { dependencies: { two: '2' } },
      'node_modules/@x/own': { link: true, resolved: 'packages/own' },
      'packages/own/node_modules/two': {},
      'node_modules/two': {},
      'node_modules/one': {
        optionalDependencies: { 'for-x64': '1', 'for-arm64': '1', musl: '1', absent: '1' },
      },
      'node_modules/for-x64': { os: ['linux'], cpu: ['x64'] },
      'node_modules/for-arm64': { os: ['linux'], cpu: ['arm64'] },
      'node_modules/musl': { libc: ['musl'] },
      'node_modules/never-asked-for': {},
    });
    expect(neededBy(['apps/a'], lock, { cpu: 'arm64' })).toEqual({
      workspaces: ['apps/a', 'packages/own'],
      packages: ['node_modules/for-arm64', 'node_modules/one', 'packages/own/node_modules/two'],
    });
    expect(() =>
      neededBy(['apps/a'], small({ 'apps/a': { dependencies: { b: '1' } } }), { cpu: 'x64' }),
    ).toThrow('package-lock.json has no b, which apps/a needs');
  });

  const needed = {
    x64: neededBy(['apps/api', 'apps/ops'], lockfile, { cpu: 'x64' }),
    arm64: neededBy(['apps/api', 'apps/ops'], lockfile, { cpu: 'arm64' }),
  };

  test('none of the tools and tests', () => {
    for (const name of ['vite', 'vitest', 'typescript', 'eslint', 'node', 'playwright-core', '@sveltejs/kit'])
      expect(needed.x64.packages).not.toContain(`node_modules/${name}`);
    expect(needed.x64.workspaces).not.toContain('packages/testkit');
    expect(needed.x64.workspaces).not.toContain('apps/web');
  });

  test('what is machine code is there for amd64 and for arm64', () => {
    const native = [...onlySomewhere(lockfile)].filter(([path]) => needed.x64.packages.includes(path));
    expect(native.map(([path]) => path)).toContain('node_modules/sharp');
    const only = (which: 'x64' | 'arm64', other: 'x64' | 'arm64'): string[] =>
      needed[which].packages.filter((path) => !needed[other].packages.includes(path)).toSorted();
    expect(only('x64', 'arm64').length).toBeGreaterThan(0);
    expect(only('x64', 'arm64').map((path) => path.replace('x64', 'arm64'))).toEqual(only('arm64', 'x64'));
  });
});

describe('the backend', () => {
  const layers = join(work, 'backend');
  const root = join(work, 'root');
  beforeAll(async () => {
    await layOutBackend(repository, layers, { cpu });
    // As the Dockerfile puts them.
    layOutMachine(root, { 'usr/bin/node': node, ...(!missing('postgresql') && backupPrograms()) });
    for (const layer of ['packages', 'program'])
      expect(spawnSync('cp', ['-a', `${join(layers, layer)}/.`, join(root, 'app')]).status).toBe(0);
  });

  test('has the program, and no shell, nothing that installs, no test and no secret', () => {
    const files = filesIn(root);
    const names = new Set(files.map((path) => basename(path)));
    expect(NOT_IN_IMAGES.filter((name) => names.has(name))).toEqual([]);
    for (const file of [
      'app/apps/api/bin/serve.js',
      'app/apps/ops/src/main.ts',
      'usr/bin/node',
      'app/apps/web/build/server/index.js',
    ])
      expect(files).toContain(file);
    // Programs are these; what else may be run is code that they load.
    const programs = files.filter((path) => /^(usr\/)?(local\/)?(s?bin|libexec)\//.test(path));
    const dumps = missing('postgresql') ? [] : ['usr/bin/pg_dump'];
    expect(programs.toSorted()).toEqual(['usr/bin/node', ...dumps]);
    const own = files.filter((path) => path.startsWith('app/') && !path.includes('node_modules/'));
    expect(
      own.filter((path) => /\.test\.|\/test-|fixture|\.env$|\.d\.ts$|^app\/(test|docs|scripts)\//.test(path)),
    ).toEqual([]);
    const packages = files.filter((path) => path.includes('node_modules/'));
    expect(packages.filter((path) => /\.(ts|map|md|woff2)$/.test(path))).toEqual([]);
    const setId = files.filter((path) => (lstatSync(join(root, path)).mode & 0o6000) !== 0);
    expect(setId).toEqual([]);
  });

  test('stays small: what changes with a release is a part of it', () => {
    expect(bytesIn(join(layers, 'packages')) / MB).toBeLessThan(130);
    expect(bytesIn(join(layers, 'program')) / MB).toBeLessThan(90);
  });

  describe.skipIf(!mayHaveOwnRoot())('on a read-only root of its own', () => {
    let site: ChildProcess;
    let output = '';
    let address: string;
    beforeAll(async () => {
      const [port, opsPort] = [await freePort(), await freePort()];
      site = inRoot(['apps/api/bin/serve.js'], {
        PORT: `${port}`,
        OPS_PORT: `${opsPort}`,
        DATA_DIR: '/tmp/data',
      });
      for (const stream of [site.stdout!, site.stderr!])
        stream.on('data', (data: Buffer) => (output += data.toString()));
      address = `http://127.0.0.1:${port}`;
      const ended = once(site, 'exit').then(() => Promise.reject(new Error(`it ended:\n${output}`)));
      const ready = vi.waitFor(() => expect(output).toContain('Ctrl-C'), { timeout: 60_000, interval: 50 });
      await Promise.race([ready, ended]);
      ended.catch(() => {});
      expect(output).toContain('Homepage is ready');
      expect((await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status).toBe(200);
    });
    afterAll(() => site?.kill('SIGKILL'));

    test('pages are rendered, and native code makes pictures with the fonts that came along', async () => {
      expect(await (await fetch(address)).text()).toContain('Sample content');
      const { items } = (await (await fetch(`${address}/api/v1/posts`)).json()) as {
        items: { url: string }[];
      };
      const preview = await fetch(`${address}/og${items[0]!.url}.png`);
      expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect((await preview.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
      expect(output).not.toContain('a part failed');
    });

    test('it is nobody, and can write nowhere but in /tmp', async () => {
      const program = `
        const { mkdirSync, writeFileSync } = require('node:fs');
        const refused = ['/', '/app', '/app/.cache', '/etc', '/usr/bin'].map((folder) => {
          try { writeFileSync(folder + '/x', ''); return 'written'; } catch (error) { return error.code; }
        });
        writeFileSync('/tmp/x', '');
        console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), refused }));`;
      const child = inRoot(['--eval', program], {});
      let said = '';
      child.stdout!.on('data', (data: Buffer) => (said += data.toString()));
      await once(child, 'close');
      expect(JSON.parse(said)).toEqual({
        uid: 65532,
        gid: 65532,
        groups: [65532],
        refused: Array.from({ length: 5 }, () => 'EROFS'),
      });
    });

    test('what Node compiled is read, from where it was put', async () => {
      const env = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE', OPS_PORT: 'none' };
      const child = inRoot(['apps/api/bin/serve.js'], env);
      let said = '';
      child.stderr!.on('data', (data: Buffer) => (said += data.toString()));
      await once(child, 'close');
      expect(said.match(/V8 code cache .* was accepted/g)?.length ?? 0, said).toBeGreaterThan(50);
    });

    test('the command line is in it', async () => {
      const child = inRoot(['apps/ops/src/main.ts', '--version'], {});
      let said = '';
      child.stdout!.on('data', (data: Buffer) => (said += data.toString()));
      const [code] = (await once(child, 'close')) as [number];
      const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
        version: string;
      };
      expect([code, said.trim()]).toEqual([0, version]);
    });

    describe.skipIf(missing('postgresql', 'minio'))('with the servers of the platform', () => {
      let place: BackupPlace;
      beforeAll(async () => (place = await makeBackupPlace(repository)));
      afterAll(() => place?.remove());

      const runJob = async (
        job: keyof BackupPlace['containers'],
        more: Record<string, string> = {},
      ): Promise<{ code: number; said: string }> => {
        const { args, env } = place.containers[job];
        // At once: the schedule would say that the last one is young.
        const words = args.filter((word) => word !== '--scheduled');
        const child = inRoot(words, { ...env, SECRETS_DIR: '/tmp/secrets', ...more }, place.secrets[job]);
        let said = '';
        for (const stream of [child.stdout!, child.stderr!])
          stream.on('data', (data: Buffer) => (said += data.toString()));
        const [code] = (await once(child, 'close')) as [number];
        return { code, said };
      };

      test('the jobs of the cluster make a backup of PostgreSQL, fetch it again and restore it', async () => {
        const made = await runJob('backup');
        expect(made.code, made.said).toBe(0);
        const proven = await runJob('verify');
        expect(proven.code, proven.said).toBe(0);
        expect(proven.said).toContain('Restored and the same');
        const pruned = await runJob('prune');
        expect(pruned.code, pruned.said).toBe(0);
        // Each starts the site of a copy, on machines that have other work, too.
      }, 240_000);

      test('one that is encrypted is verified with the key of its Secret, and not without', async () => {
        const identity = await generateIdentity();
        const made = await runJob('backup', { BACKUP_RECIPIENTS: await identityToRecipient(identity) });
        expect(made.code, made.said).toBe(0);
        const file = place.containers.verify.env['BACKUP_IDENTITY_FILE']!;
        expect(await runJob('verify')).toEqual({
          code: 1,
          said: expect.stringContaining(`${file} cannot be read (ENOENT)`) as string,
        });
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), `${identity}\n`);
        const proven = await runJob('verify');
        expect(proven.code, proven.said).toBe(0);
      }, 240_000);
    });

    test('SIGTERM ends it in order', async () => {
      const exited = once(site, 'exit');
      process.kill(programOf(site), 'SIGTERM');
      expect(await exited).toEqual([0, null]);
    });
  });

  /**
   * Runs Node in the image's files, read-only, with /tmp in memory, as the image's user.
   * @param secrets a folder of this machine that is /tmp/secrets there
   */
  function inRoot(args: string[], env: Record<string, string>, secrets?: string): ChildProcess {
    const steps = [
      `mount --bind ${root} ${root}`,
      `mount -o remount,bind,ro ${root}`,
      `mount -t tmpfs -o mode=1777 tmpfs ${root}/tmp`,
      ...(secrets === undefined
        ? []
        : [`mkdir ${root}/tmp/secrets`, `mount --bind -o ro ${secrets} ${root}/tmp/secrets`]),
      `mount -t proc proc ${root}/proc`,
      `mount --rbind /dev ${root}/dev`,
      // The image's WORKDIR and USER.
      `exec unshare --root=${root} --wd=/app --setgid=65532 --setuid=65532 /usr/bin/node "$@"`,
    ];
    return spawn('unshare', ['--mount', 'sh', '-euc', steps.join('\n'), 'sh', ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
});

/** unshare and the shell have become it: each of them is an exec. */
const programOf = (child: ChildProcess): number => child.pid!;

function mayHaveOwnRoot(): boolean {
  return (
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
  );
}

describe('the frontend', () => {
  const root = join(work, 'frontend');
  beforeAll(() => layOutFrontend(repository, root));

  test('has what its configuration names', () => {
    const files = filesIn(root);
    for (const text of files
      .filter((path) => path.endsWith('.conf'))
      .map((path) => readFileSync(join(root, path), 'utf8'))) {
      for (const [, name] of text.matchAll(/^\s*include ([\w.]+);/gm))
        if (name !== 'mime.types') expect(files).toContain(`etc/nginx/${name}`);
    }
    expect(files).toContain('srv/pages/unavailable.html');
    expect(files.filter((path) => path.startsWith('srv/current/_app/immutable/')).length).toBeGreaterThan(10);
  });

  test('every file of the build that is text is there compressed, too', () => {
    const texts = globSync('srv/current/_app/immutable/**/*.{js,css}', { cwd: root });
    for (const file of texts)
      for (const end of ['br', 'gz']) expect(statSync(join(root, `${file}.${end}`)).size).toBeGreaterThan(0);
  });

  test('keeps the files of the release before', () => {
    const both = join(work, 'frontend-with-previous');
    layOutFrontend(repository, both, join(repository, 'apps/web/build/client'));
    expect(filesIn(join(both, 'srv/previous'))).toEqual(filesIn(join(both, 'srv/current')));
  });
});
