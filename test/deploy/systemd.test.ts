/** The units of deploy/systemd and deploy/backup, as systemd itself reads and runs them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '@homepage/platform';
import { missing, requireProgram } from '@homepage/testkit/programs';

const NAMESPACES = [
  ...['--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup'],
  ...['--fork', '--propagation', 'private'],
];

const repository = resolve(import.meta.dirname, '../..');
const files = globSync('deploy/{systemd,backup}/*.{service,timer}', { cwd: repository }).toSorted();
const services = files.filter((file) => file.endsWith('.service'));
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

/** every value of a key; a key may come several times */
const valuesOf = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);

test('these are the units', () => {
  expect(files.map((file) => basename(file))).toEqual([
    'homepage-backup.service',
    'homepage-backup.timer',
    'homepage-prune.service',
    'homepage-prune.timer',
    'homepage.service',
  ]);
});

test.each(services)(
  '%s runs a file of this repository as its own user, and sets names that are read',
  (file) => {
    const text = read(file);
    const [node, program] = valuesOf(text, 'ExecStart')[0]!.split(' ');
    expect(node).toBe('/srv/homepage/node_modules/node/bin/node');
    expect(globSync(program!, { cwd: repository })).toHaveLength(1);
    expect(valuesOf(text, 'User')).toEqual(['homepage']);
    const others = [
      'NODE_ENV',
      'NODE_OPTIONS',
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
    ];
    const names = valuesOf(text, 'Environment').flatMap((line) =>
      line.split(' ').map((part) => part.split('=')[0]!),
    );
    for (const name of names) expect([...Object.keys(environment.shape), ...others]).toContain(name);
  },
);

test('the site has the memory settings of its image', () => {
  const settings = valuesOf(read('deploy/systemd/homepage.service'), 'Environment').join(' ');
  const lines = read('deploy/images/backend/process.env').split('\n');
  for (const line of lines.filter((line) => /^\w+=/.test(line))) expect(settings).toContain(line);
});

describe.skipIf(missing('systemd-analyze'))('systemd-analyze', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'homepage-systemd-'));
    // It looks whether the program is there: what stands for it here is.
    const node = join(folder, 'node');
    writeFileSync(node, '');
    chmodSync(node, 0o755);
    for (const file of files) {
      const text = read(file)
        .replace('/srv/homepage/node_modules/node/bin/node', node)
        .replaceAll('/srv/homepage', folder);
      writeFileSync(join(folder, basename(file)), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const analyze = (...args: string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(requireProgram('systemd-analyze'), args, {
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
  /** what it says about our units; those of the machine have faults of their own */
  const verify = (file: string): string[] =>
    analyze('verify', '--man=no', '--recursive-errors=no', file)
      .said.split('\n')
      .filter((line) => line.includes('homepage'));

  test('finds nothing wrong', () => {
    for (const file of files) expect([file, ...verify(join(folder, basename(file)))]).toEqual([file]);
  });

  test('would have found a name with a typing error, and a value that is none', () => {
    const text = readFileSync(join(folder, 'homepage.service'), 'utf8');
    const file = join(folder, 'homepage-wrong.service');
    writeFileSync(
      file,
      text.replace('ProtectHome=', 'ProtectHomes=').replace('PrivateTmp=true', 'PrivateTmp=maybe'),
    );
    const said = verify(file).join('\n');
    expect(said).toContain('ProtectHomes');
    expect(said).toContain('Failed to parse boolean value, ignoring: maybe');
  });

  test.each(services)('%s leaves little exposed (2.0 of 10 at most)', (file) => {
    const level = ['--offline=true', '--threshold=20', '--no-pager', join(folder, basename(file))];
    const { status, said } = analyze('security', ...level);
    expect(said).toMatch(/Overall exposure level for \S+: \d/);
    expect(status, said).toBe(0);
  });
});

const BOOT = join(import.meta.dirname, 'systemd-boot.sh');
const CHECK = `
for _ in $(seq 200); do curl -fsS http://127.0.0.1:9464/readyz >/dev/null 2>&1 && break; sleep 0.2; done
page() { curl -s -o /dev/null -w "$1 %{http_code} %{content_type}\n" "http://127.0.0.1:3000$2"; }
page page /
page picture "/og$(curl -s http://127.0.0.1:3000/api/v1/posts | grep -o '/posts/[a-z0-9-]*' | head -1).png"
grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' "/proc/$(systemctl show --property=MainPID --value homepage)/status"
systemctl start homepage-backup && systemctl start homepage-prune
systemctl stop homepage
systemctl show --property=Result,ExecMainStatus homepage homepage-backup homepage-prune
journalctl --no-pager --unit=homepage --unit=homepage-backup --unit=homepage-prune
`;

// Where systemd cannot be booted, that is said: the texts were checked above.
if (!mayBoot())
  console.log('systemd cannot be booted in namespaces here: the units of deploy were read and not run.');
else
  test('with all of that the site runs, makes pictures, is backed up, and stops in order', () => {
    // The units run what is installed and built: without it the boot would end in the middle.
    for (const path of ['apps/web/build/server/index.js', '.cache', 'node_modules/node/bin/node'])
      expect(existsSync(join(repository, path)), `${path} is missing: run npm run build`).toBe(true);
    const out = mkdtempSync(join(tmpdir(), 'homepage-boot-'));
    try {
      writeFileSync(join(out, 'check'), CHECK);
      const { status, stdout, stderr } = spawnSync(
        'timeout',
        ['--kill-after=5', '100', 'unshare', ...NAMESPACES, 'bash', BOOT, repository, out],
        { encoding: 'utf8' },
      );
      const log = join(out, 'check.log');
      // It is written when systemd has come so far; before that, what the boot said is all there is.
      expect(existsSync(log), `systemd was not booted to its end (${status}):\n${stdout}${stderr}`).toBe(
        true,
      );
      const said = readFileSync(log, 'utf8');
      const [page, picture, uid, capabilities, privileges, seccomp] = said
        .replaceAll(/\t+/g, ' ')
        .split('\n');
      expect([page, picture], said).toEqual(['page 200 text/html; charset=utf-8', 'picture 200 image/png']);
      expect([uid, capabilities, privileges, seccomp]).toEqual([
        'Uid: 998 998 998 998',
        'CapEff: 0000000000000000',
        'NoNewPrivs: 1',
        'Seccomp: 2',
      ]);
      expect(said).toContain('Restored and the same');
      expect(said.match(/^Result=success$/gm), said).toHaveLength(3);
      expect(said.match(/^ExecMainStatus=0$/gm)).toHaveLength(3);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 120_000);

function mayBoot(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/lib/systemd/systemd')) return false;
  const { status } = spawnSync('unshare', [
    ...NAMESPACES,
    'sh',
    '-euc',
    'folder=$(mktemp -d); mount -t tmpfs tmpfs "$folder"; cd "$folder"; mkdir upper work root cgroup; mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root; mount -t cgroup2 cgroup2 cgroup',
  ]);
  return status === 0;
}
