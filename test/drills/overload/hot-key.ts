/** The shared copy of what everybody reads vanishes, and the cache has no room for another. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from '../outcome.ts';
import { PAGES } from './questions.ts';
import { generate, metric, portOf, readBefore, type Scene } from './scene.ts';
import { purge } from './stampede.ts';
import { notServed } from './tallies.ts';

const VISITORS = 100;

export async function hotKey({ platform, length, say }: Scene): Promise<Outcome> {
  const { valkey } = platform;
  const times = length === 'short' ? 2 : 8;
  await readBefore(platform);
  const made = (): Promise<number> => metric(platform, 'homepage_documents_total{origin="made"}');
  const before = await made();
  const reading = generate({
    port: portOf(platform.address),
    seconds: times * 4 + 3,
    closed: { visitors: VISITORS, ask: 'pages' },
  });
  await wait(1_000);
  say(
    `${VISITORS} visitors read; Valkey is emptied in the moment that all becomes outdated, ${times} times …`,
  );
  for (let round = 0; round < times; round++) {
    await valkey.command('FLUSHALL');
    purge(platform);
    await valkey.command('FLUSHALL');
    await wait(2_000);
  }
  const afterEmptying = (await made()) - before;
  say('Valkey has no memory left …');
  await valkey.command('CONFIG', 'SET', 'maxmemory', '1mb');
  for (let round = 0; round < times; round++) {
    purge(platform);
    await wait(2_000);
  }
  await valkey.command('CONFIG', 'SET', 'maxmemory', '192mb');
  const { pages: kept } = await reading;
  const afterFull = (await made()) - before - afterEmptying;
  const failed = notServed(kept);
  const broken: string[] = [];
  // Emptied in the very moment that somebody is making it, the other replica cannot know.
  const most = PAGES.length * times * platform.replicas.length;
  if (failed > 0) broken.push(`answers: ${JSON.stringify(kept.statuses)}`);
  if (afterEmptying === 0) broken.push('nothing was made: nothing vanished');
  for (const count of [afterEmptying, afterFull])
    if (count > most) broken.push(`${count} pages were made, more than once by each replica`);
  return {
    requests: kept.asked,
    failed,
    lost: 0,
    recoverySeconds: null,
    broken,
    detail:
      `${kept.asked} reads of ${PAGES.length} pages, p99 ${kept.p99.toFixed(0)} ms. Emptied ${times} times: ${afterEmptying} made. ` +
      `With no memory left, ${times} changes: ${afterFull} made.`,
  };
}
