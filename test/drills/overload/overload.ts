/** Ten times as many visitors as can be served. */
import type { Outcome } from '../outcome.ts';
import { messageText } from './questions.ts';
import { hanging, refusals, served } from './tallies.ts';
import {
  generate,
  megabytes,
  memory,
  metric,
  portOf,
  readBefore,
  secondsUntil,
  statuses,
  watchHealth,
  type Scene,
} from './scene.ts';

/** As many as both replicas make at once. */
const closed = { visitors: 8, ask: 'neverKept' } as const;
const TIMES = 10;
const KEPT_A_SECOND = 40;
/**
 * Whoever is served waits no longer than so many times what they wait when everybody is: 4 to 6 where the load shares two
 * processors with the servers (docs/decisions/0024). Without limits it is 29.
 */
const MOST_SLOWER = 8;
/** It may grow to what it is under any load, and not with the load. */
const MOST_BYTES = 400e6;

const SECONDS = { short: { calm: 3, storm: 6 }, full: { calm: 10, storm: 60 } };

export async function overload({ platform, length, say }: Scene): Promise<Outcome> {
  const seconds = SECONDS[length];
  const port = portOf(platform.address);
  await readBefore(platform);
  say('finding out what can be sustained …');
  await generate({ port, seconds: seconds.calm / 2, closed });
  const calm = (await generate({ port, seconds: seconds.calm, closed })).neverKept;
  const sustained = served(calm) / seconds.calm;
  const before = memory(platform);
  const health = watchHealth(platform);
  const refusedBefore = await metric(platform, 'homepage_documents_refused_total');
  say(`${sustained.toFixed(0)} a second; asking ${TIMES} times as often for ${seconds.storm} s …`);
  const open = { neverKept: sustained * TIMES, pages: KEPT_A_SECOND, answers: 10, messages: 1 };
  const { neverKept, pages, answers, messages, ...sender } = await generate({
    port,
    seconds: seconds.storm,
    open,
  });
  const recoverySeconds = await secondsUntil(async () => {
    const seen = await statuses(platform, [
      '/search?q=after',
      '/api/v1/search?q=after',
      `/posts/nothing-${Math.random()}`,
    ]);
    return seen.join() === '200,200,404';
  });
  const after = memory(platform);
  const probes = await health.end();
  const refused = (await metric(platform, 'homepage_documents_refused_total')) - refusedBefore;
  const lost = await missing(platform, messages.statuses['201'] ?? 0);

  const broken: string[] = [];
  const mustHold = (holds: boolean, otherwise: string): void => void (holds || broken.push(otherwise));
  const slower = neverKept.p99 / calm.p99;
  mustHold(refusals(calm) === 0, 'some were refused at a load that can be sustained');
  mustHold(refusals(neverKept) > 0, 'nobody was refused: it was no overload');
  mustHold(
    slower <= MOST_SLOWER,
    `the slowest 1 % of those served waited ${slower.toFixed(1)} times as long`,
  );
  mustHold(hanging(neverKept) === 0, `answers that nobody should get: ${JSON.stringify(neverKept.statuses)}`);
  mustHold(
    neverKept.badRefusals === 0,
    `${neverKept.badRefusals} refusals without Retry-After or in a wrong form`,
  );
  mustHold(served(pages) === pages.asked, `kept pages: ${JSON.stringify(pages.statuses)}`);
  mustHold(hanging(answers) === 0, `kept answers: ${JSON.stringify(answers.statuses)}`);
  mustHold(hanging(messages) === 0, `messages: ${JSON.stringify(messages.statuses)}`);
  mustHold(probes.failed.length === 0, `probes failed: ${probes.failed.slice(0, 3).join('; ')}`);
  mustHold(
    Math.max(...after.replicas) < MOST_BYTES,
    `memory grew to ${after.replicas.map(megabytes).join(', ')}`,
  );
  mustHold(refused > 0, 'the refused were not counted');
  mustHold(recoverySeconds !== null, 'it was not well again within 30 s');
  return {
    requests: neverKept.asked + pages.asked + answers.asked + messages.asked,
    failed: hanging(neverKept) + hanging(answers) + (pages.asked - served(pages)),
    lost,
    recoverySeconds,
    broken,
    detail:
      `Sustained: ${sustained.toFixed(0)} pages a second that were never kept, p99 ${calm.p99.toFixed(0)} ms. ` +
      `Of ${neverKept.asked} at ${(neverKept.asked / seconds.storm).toFixed(0)} a second, ${served(neverKept)} were served ` +
      `(${(served(neverKept) / seconds.storm).toFixed(0)} a second, p50 ${neverKept.p50.toFixed(0)} ms, p99 ${neverKept.p99.toFixed(0)} ms, ${slower.toFixed(1)} times), ` +
      `${refusals(neverKept)} told to come again (${refused} by the API, the others by nginx). ` +
      `Kept pages: ${served(pages)} of ${pages.asked}, p99 ${pages.p99.toFixed(0)} ms; answers that the API alone keeps: ${served(answers)} of ${answers.asked}. ` +
      `Messages: ${messages.statuses['201'] ?? 0} of ${messages.asked} taken at the first try. ` +
      `Probes: ${probes.asked}, the slowest ${probes.slowestMs.toFixed(0)} ms. ` +
      `Memory: API ${before.replicas.map(megabytes).join(', ')} before, ${after.replicas.map(megabytes).join(', ')} after; ` +
      `nginx ${megabytes(before.nginx)} and ${megabytes(after.nginx)}. ` +
      `The load took ${(sender.processor * 100).toFixed(0)} % of a processor, its latest question was ${sender.latestMs.toFixed(0)} ms late.`,
  };
}

/** @returns how many of the messages that were acknowledged are not stored */
async function missing({ homepage }: Scene['platform'], acknowledged: number): Promise<number> {
  const { stdout } = await homepage(['messages', 'list', '--limit', '10000', '--json']);
  const { messages } = JSON.parse(stdout) as { messages: { message: string }[] };
  const ours = messages.filter(({ message }) => message.endsWith(messageText(0).slice(-11)));
  return Math.max(0, acknowledged - new Set(ours.map(({ message }) => message)).size);
}
