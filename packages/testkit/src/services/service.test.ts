import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '../programs/index.ts';
import { makeOwnFolder } from './owned.ts';
import { Service } from './service.ts';

type Owned = { pid: number; folder: string };

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child that nobody waits for is a name in the table only.
    return !existsSync('/proc/self') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe.skipIf(missing('postgresql', 'valkey', 'minio'))('whoever starts services', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'and ends by %s leaves nothing behind',
    async (signal) => {
      const owner = spawn(process.execPath, [join(import.meta.dirname, 'test-owner.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(owner.stdout, 'data')) as [Buffer];
      const owned = JSON.parse(line.toString()) as Owned[];
      expect(owned.map(({ pid, folder }) => alive(pid) && existsSync(folder))).toEqual([true, true, true]);
      owner.kill(signal);
      const left = (): Owned[] => owned.filter(({ pid, folder }) => alive(pid) || existsSync(folder));
      await expect.poll(left, { timeout: 15_000 }).toEqual([]);
    },
  );
});

describe('a service', () => {
  const folder = makeOwnFolder('service');
  let starts = 0;
  const service = new Service({
    name: 'shell',
    command: '/bin/sh',
    args: ['-c', 'echo hello; exec sleep 1000'],
    folder: folder.path,
    ready: async () => {
      if (!service.log().includes('hello\n'.repeat(starts))) throw new Error('it says nothing yet');
    },
  });
  beforeAll(async () => {
    starts++;
    await service.start();
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  test('is stopped, killed, and started again', async () => {
    const first = service.pid;
    await service.stop();
    expect([service.running, service.pid]).toEqual([false, undefined]);
    starts++;
    await service.start();
    expect(service.pid).not.toBe(first);
    await service.kill();
    await service.stop(); // again is fine
    expect(service.running).toBe(false);
  });

  test('that cannot start says why, and its log is kept', async () => {
    const broken = new Service({
      name: 'broken',
      command: '/bin/sh',
      args: ['-c', 'echo "no such configuration" >&2; exit 3'],
      folder: folder.path,
      ready: () => Promise.reject(new Error('not yet')),
    });
    const error = String(await broken.start().catch((cause: unknown) => cause));
    expect(error).toContain('no such configuration');
    const [, kept] = /All of it: (.*)$/.exec(error)!;
    expect(readFileSync(kept!, 'utf8')).toBe('no such configuration\n');
  });

  test('whose program is not there says so', async () => {
    const service = new Service({
      name: 'nowhere',
      command: '/nowhere/program',
      args: [],
      folder: folder.path,
      ready: () => Promise.reject(new Error('not yet')),
    });
    await expect(service.start()).rejects.toThrow('nowhere: /nowhere/program cannot be started');
  });
});
