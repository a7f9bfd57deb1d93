/** One address that asks for as much as it can, while others read. */
import type { Outcome } from '../outcome.ts';
import { hanging, notServed, refusals } from './tallies.ts';
import { generate, portOf, readBefore, statuses, type Scene } from './scene.ts';

const GREEDY = '203.0.113.9';
/** far more than one address may have at once */
const CONNECTIONS = 400;
const OTHERS = { neverKept: 5, pages: 15, answers: 5, messages: 0 };

export async function oneAddress({ platform, length, say }: Scene): Promise<Outcome> {
  const seconds = length === 'short' ? 4 : 20;
  const port = portOf(platform.address);
  await readBefore(platform);
  say('others read alone …');
  const calm = await generate({ port, seconds: seconds / 2, open: OTHERS });
  say(`one address asks over ${CONNECTIONS} connections …`);
  const [greedy, others] = await Promise.all([
    generate({ port, seconds, closed: { visitors: CONNECTIONS, ask: 'neverKept' }, from: GREEDY }),
    generate({ port, seconds, open: OTHERS }),
  ]);
  const { statuses: seen, badRefusals } = greedy.neverKept;
  const refused = (seen['429'] ?? 0) + (seen['503'] ?? 0);
  const failed = notServed(others.pages) + hanging(others.neverKept) + hanging(others.answers);
  const toldToWait = refusals(others.neverKept) + refusals(others.answers);
  const asked = others.neverKept.asked + others.answers.asked;
  const after = await statuses(platform, ['/', '/search?q=after']);
  const broken: string[] = [];
  if (refused === 0) broken.push('the one address was not refused anything');
  if ((seen['429'] ?? 0) < refused / 2)
    broken.push(`not its own fault by what it was told: ${JSON.stringify(seen)}`);
  if (seen['0']) broken.push(`${seen['0']} of its requests hung or were reset`);
  if (badRefusals > 0) broken.push(`${badRefusals} refusals without Retry-After or in a wrong form`);
  if (failed > 0) broken.push(`${failed} others had no answer, or no page that is kept`);
  if (toldToWait > asked / 10) broken.push(`${toldToWait} of ${asked} others were told to come again`);
  if (after.join() !== '200,200') broken.push(`afterwards others got ${after.join(', ')}`);
  return {
    requests: greedy.neverKept.asked + asked + others.pages.asked,
    failed,
    lost: 0,
    recoverySeconds: null,
    broken,
    detail:
      `The one address: ${JSON.stringify(seen)}. The others: ${asked + others.pages.asked - toldToWait} served, ${toldToWait} told to come again; ` +
      `pages never kept in ${calm.neverKept.p50.toFixed(0)} ms alone and ${others.neverKept.p50.toFixed(0)} ms beside it (p50), ` +
      `kept ones in ${calm.pages.p50.toFixed(1)} and ${others.pages.p50.toFixed(1)} ms.`,
  };
}
