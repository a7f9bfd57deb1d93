import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Lets a program run once, to learn how long it takes, then again and again, killed (SIGKILL) at random moments that are
 * spread over all of its work.
 * @throws Error when it does not end well by itself
 */
export async function killAtMoments(start: () => ChildProcess, moments: number): Promise<void> {
  const began = performance.now();
  const [code] = (await once(start(), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`undisturbed it ended with ${code}`);
  const whole = performance.now() - began;
  for (let moment = 0; moment < moments; moment++) {
    const child = start();
    const ended = once(child, 'exit');
    await wait((whole * (moment + Math.random())) / moments);
    child.kill('SIGKILL');
    await ended;
  }
}
