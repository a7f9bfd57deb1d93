/** deploy/postgresql/prepare.sh, as the container before PostgreSQL runs it: with the real programs, as the server's user. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { missing, requireProgram } from '@homepage/testkit/programs';
import { makeOwnFolder, serverUser } from '@homepage/testkit/services';

const deploy = resolve(import.meta.dirname, '../../../deploy/postgresql');
const FILES = ['pg_hba.conf', 'pg_ident.conf', 'postgresql.conf', 'roles.sql', 'prepare.sh'];

describe.skipIf(missing('postgresql'))('what prepares PostgreSQL', () => {
  const folder = makeOwnFolder('prepare');
  const { id, name } = serverUser();
  const at = (...path: string[]): string => join(folder.path, ...path);
  const data = at('data/18/docker');
  for (const path of ['etc', 'data', 'tmp']) mkdirSync(at(path));
  for (const file of FILES)
    writeFileSync(
      at('etc', file),
      readFileSync(join(deploy, file), 'utf8')
        .replaceAll('/etc/postgresql', at('etc'))
        .replace('unix_socket_directories=/tmp', `unix_socket_directories=${at('tmp')}`)
        .replace('--host=/tmp', `--host=${at('tmp')}`),
    );
  // In the container the server's user is "postgres"; here it may be whoever runs the tests.
  appendFileSync(at('etc/pg_ident.conf'), `superuser ${name} postgres\n`);
  if (id) for (const path of ['.', 'etc', 'data', 'tmp']) chownSync(at(path), id.uid, id.gid);
  afterAll(() => folder.remove());

  // Asked for when a test runs: where there is none, none does.
  const bin = (): string => dirname(requireProgram('postgresql'));
  const run = (command: string, ...args: string[]): { status: number | null; text: string } => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      ...id,
      cwd: folder.path,
      env: { PATH: `${bin()}:/usr/bin:/bin`, PGDATA: data, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  };
  const prepare = (): { status: number | null; text: string } => run('bash', at('etc/prepare.sh'));
  /** of the cluster at rest, read without a server that listens */
  const roles = (): string => {
    const answer = spawnSync(join(bin(), 'postgres'), ['--single', '-D', data, 'postgres'], {
      ...id,
      input: "select rolname from pg_roles where rolname like 'homepage_%' order by 1\n",
      encoding: 'utf8',
    });
    return [...answer.stdout.matchAll(/rolname = "(\w+)"/g)].map(([, role]) => role).join(' ');
  };
  const ALL = 'homepage_app homepage_backup homepage_exporter homepage_owner homepage_reloader';

  test('makes the cluster and its roles, and leaves no server behind', () => {
    const { status, text } = prepare();
    expect([status, status === 0 ? '' : text]).toEqual([0, '']);
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
    expect(roles()).toBe(ALL);
  });

  test('changes nothing the second time, and brings back a role that is gone', () => {
    const before = readFileSync(join(data, 'global/pg_control')).subarray(0, 8);
    spawnSync(join(bin(), 'postgres'), ['--single', '-D', data, 'postgres'], {
      ...id,
      input: 'drop owned by homepage_reloader; drop role homepage_reloader\n',
    });
    expect(roles()).not.toContain('homepage_reloader');
    expect(prepare().status).toBe(0);
    expect(roles()).toBe(ALL);
    // The same cluster: its number is made once.
    expect(readFileSync(join(data, 'global/pg_control')).subarray(0, 8)).toEqual(before);
  });

  test('begins anew when it was cut off in the middle of the first time', () => {
    rmSync(data, { recursive: true });
    mkdirSync(`${data}.new`);
    writeFileSync(join(`${data}.new`, 'half'), '');
    if (id) chownSync(`${data}.new`, id.uid, id.gid);
    expect(prepare().status).toBe(0);
    expect(existsSync(join(data, 'half'))).toBe(false);
    expect(roles()).toBe(ALL);
  });

  test('fails when the roles cannot be made, so that no server starts without them', () => {
    appendFileSync(at('etc/roles.sql'), '\nselect nothing_like_this();\n');
    expect(prepare().status).not.toBe(0);
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
  });
});
