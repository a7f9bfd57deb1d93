import { setTimeout as wait } from 'node:timers/promises';
import { whenInterrupted } from '../../interrupt.ts';
import type { Outcome } from '../../outcome.ts';
import { reportProblem } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';

/** Does it again and again until SIGTERM; what fails is said, and tried again when it is time. */
export async function stay(shell: Shell, everyMs: number, work: () => Promise<Outcome>): Promise<Outcome> {
  const { signal, ignore } = whenInterrupted();
  while (!signal.aborted) {
    try {
      shell.note((await work()).text);
    } catch (error) {
      shell.note(reportProblem(error, { debug: shell.env['LOG_LEVEL'] === 'debug' }).text);
    }
    await wait(everyMs, undefined, { signal }).catch(() => {});
  }
  ignore();
  return { ok: true, json: undefined, text: '' };
}
