/** Everything that is kept becomes outdated while a thousand visitors read. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from '../outcome.ts';
import { PAGES } from './questions.ts';
import { notServed } from './tallies.ts';
import { generate, metric, portOf, readBefore, type Scene } from './scene.ts';

const VISITORS = 1_000;

/** As every change of content does. */
export const purge = ({ postgresql }: Scene['platform']): void =>
  void postgresql.sql('update content_version set version = version + 1');

export async function stampede({ platform, length, say }: Scene): Promise<Outcome> {
  const purges = length === 'short' ? 2 : 8;
  await readBefore(platform);
  const made = (): Promise<number> => metric(platform, 'homepage_documents_total{origin="made"}');
  const before = await made();
  say(`${VISITORS} visitors read while everything becomes outdated, ${purges} times …`);
  const reading = generate({
    port: portOf(platform.address),
    seconds: purges * 2 + 2,
    closed: { visitors: VISITORS, ask: 'pages' },
  });
  await wait(1_500);
  for (let times = 0; times < purges; times++) {
    purge(platform);
    await wait(2_000);
  }
  const { pages: kept } = await reading;
  const after = await made();
  const failed = notServed(kept);
  const most = PAGES.length * purges;
  const broken: string[] = [];
  if (failed > 0) broken.push(`answers: ${JSON.stringify(kept.statuses)}`);
  if (after === before) broken.push('nothing was made: nothing became outdated');
  if (after - before > most) broken.push(`${after - before} pages were made where ${most} would do`);
  return {
    requests: kept.asked,
    failed,
    lost: 0,
    recoverySeconds: null,
    broken,
    detail:
      `${kept.asked} reads of ${PAGES.length} pages, p99 ${kept.p99.toFixed(0)} ms; ${after - before} were made for ` +
      `${purges} changes of content, over both replicas together.`,
  };
}
