/** The dump is killed, the whole run is killed, the schema grows, backups fail for days, the clock goes back. */
import { setTimeout as wait } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { listBackups, pruneBackups } from '@homepage/backup';
import { killAtMoments } from '@homepage/testkit';
import { sql } from 'kysely';
import { faketimeLibrary } from '../faults/faketime.ts';
import { codeOf, expectCode, codeIn, type Act, type Scene } from './scene.ts';

/** A table that pg_dump waits for: what happens meanwhile happens in the middle of it. */
async function inTheMiddle<Result>(
  scene: Scene,
  act: () => Promise<void>,
  run: () => Promise<Result>,
): Promise<Result> {
  scene.server.sql(
    'create schema drill; create table drill.locked (id integer); alter schema drill owner to homepage_owner',
  );
  scene.server.sql('alter table drill.locked owner to homepage_owner');
  const waiting =
    "select count(*) from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock'";
  try {
    let running: Promise<Result> | undefined;
    await scene.owner.db.transaction().execute(async (trx) => {
      await sql`lock table drill.locked in access exclusive mode`.execute(trx);
      running = run();
      running.catch(() => {}); // told by whoever waits for it below
      while (scene.server.sql(waiting) !== '1') await wait(20);
      await act();
    });
    return await running!;
  } finally {
    scene.server.sql('drop schema drill cascade');
  }
}

export const killedDump: Act = async (scene) => {
  const kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pg_dump'";
  const code = await codeOf(
    inTheMiddle(
      scene,
      async () => void scene.server.sql(kill),
      () => scene.run(),
    ),
  );
  return {
    broken: expectCode('the run', code, 'PG_DUMP_FAILED'),
    detail: 'PG_DUMP_FAILED; nothing was sent.',
  };
};

const MOMENTS = { short: 4, full: 20 };

export const killedRuns: Act = async (scene) => {
  const moments = MOMENTS[scene.length];
  await killAtMoments(() => scene.homepage(['backup', 'run']), moments);
  const broken: string[] = [];
  const whole = (await listBackups(scene.target)).filter(({ complete }) => complete);
  for (const { id } of whole)
    broken.push(...expectCode(`verify of ${id}`, await codeOf(scene.verify(scene.target, {}, id)), 'none'));
  const left = await listBackups(scene.target);
  return {
    broken,
    detail: `Killed ${moments} times: ${whole.length} backups were whole and are proven, ${left.length - whole.length} did not count.`,
  };
};

export const tableAdded: Act = async (scene) => {
  const report = await inTheMiddle(
    scene,
    async () => void scene.server.sql('create table public.added (id integer); insert into added values (1)'),
    () => scene.run(),
  );
  const broken = expectCode('the run', codeIn(report), 'none');
  broken.push(...expectCode('verify', await codeOf(scene.verify()), 'none'));
  scene.server.sql('drop table public.added');
  return { broken, detail: 'The backup is of the moment before, whole, and proven.' };
};

export const serverDies: Act = async (scene) => {
  let killed: Promise<void> | undefined;
  const code = await codeOf(
    scene.run(undefined, (stage) => {
      if (stage === 'dumping') killed ??= scene.server.service.kill();
    }),
  );
  await killed;
  await scene.server.service.start();
  // Connections of before are gone; the first question of each finds out.
  await codeOf(sql`select 1`.execute(scene.owner.db));
  return {
    broken: code === 'none' ? ['the run went well without a server'] : [],
    detail: 'The run failed; nothing was sent.',
  };
};

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

export const daysOfFailures: Act = async (scene) => {
  const broken: string[] = [];
  for (let day = 1; day <= 8; day++) {
    await scene.run([scene.at({ secretKey: 'wrong' })]);
    await pruneBackups({ settings: scene.settings, location: scene.target, now: inDays(day), dryRun: false });
    const backups = await listBackups(scene.target);
    if (!backups.some(({ id }) => id === scene.good))
      broken.push(`after ${day} days the last good one was pruned`);
  }
  return { broken, detail: 'Pruned every day for eight days: the last good one stayed.' };
};

export const clockBack: Act = async (scene) => {
  const broken: string[] = [];
  for (const days of [-1, -400]) {
    const report = await pruneBackups({
      settings: scene.settings,
      location: scene.target,
      now: inDays(days),
      dryRun: false,
    });
    if (report.backups.length + report.unfinished.length + report.media > 0)
      broken.push(`with the clock ${-days} days back something was pruned`);
  }
  const yesterday = { LD_PRELOAD: faketimeLibrary(), FAKETIME: '-1d', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  const { stdout } = scene.homepage(['backup', 'run', '--json'], yesterday);
  const { id, targets } = JSON.parse(await text(stdout!)) as { id: string; targets: { ok: boolean }[] };
  if (targets.some(({ ok }) => !ok) || id <= scene.good)
    broken.push('a run with yesterday’s clock is not the newest');
  return {
    broken,
    detail:
      'What seems to come from the future stays; a backup made with yesterday’s clock has the time of the database.',
  };
};
