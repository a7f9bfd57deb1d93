/** How the backups are, for /platform and the metrics; embedded, also that they are made at all. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';
import {
  needsWork,
  siteTargets,
  watchBackups,
  type BackupWatch,
  type TargetStatus,
} from '@homepage/backup/watch';
import type { Settings } from '@homepage/platform';
import { measureBackups } from './ops/backup-metrics.ts';
import { repository } from './open-database.ts';

type Parts = {
  settings: Settings;
  /** no scheduler beside it: it makes them itself */
  embedded: boolean;
  log: FastifyBaseLogger;
  registry: Registry;
};

/** What failed is tried again by the hour, not by the minute. */
const AGAIN_AFTER_MS = 3_600_000;

export function lookAfterBackups({ settings, embedded, log, registry }: Parts): BackupWatch {
  const scheduling = embedded && settings.backup.to.length > 0;
  let running: ChildProcess | undefined;
  let triedAt = -Infinity;
  const watch = watchBackups(siteTargets(settings), {
    onLook: (targets) => {
      if (scheduling) void workIfDue(targets);
    },
    onError: (error) => log.error({ err: error }, 'the backups could not be looked at'),
  });
  measureBackups(watch, registry);
  return {
    ...watch,
    stop() {
      watch.stop();
      running?.kill();
    },
  };

  async function workIfDue(targets: TargetStatus[]): Promise<void> {
    if (running || performance.now() - triedAt < AGAIN_AFTER_MS || !needsWork(targets, new Date())) return;
    triedAt = performance.now();
    // A process of its own: its memory and its failures are none of the site's.
    for (const command of [['run', '--scheduled'], ['prune']]) {
      const { code, said } = await homepage(['backup', ...command]);
      if (code !== 0) log.error({ command: command[0], code, said }, 'the backup failed');
    }
    await watch.look();
  }

  async function homepage(args: string[]): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [join(repository, 'apps/ops/src/main.ts'), ...args], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
    const code = await new Promise<number | null>((done) => {
      child.once('close', done);
      child.once('error', () => done(null));
    });
    running = undefined;
    return { code, said };
  }
}
