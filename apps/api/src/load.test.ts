import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Load, MOST_AT_ONCE, MOST_WAITING, PATIENCE_MS } from './load.ts';

/** Work that goes on until it is told to end. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { make: () => promise, end: resolve };
}

const outcome = (shared: Promise<unknown>): Promise<string> =>
  shared.then(
    () => 'made',
    (error: { code: string }) => error.code,
  );

test('so many are made at once, so many wait, and the next is refused at once', async () => {
  const load = new Load();
  const all = Array.from({ length: MOST_AT_ONCE + MOST_WAITING }, work);
  const made = all.map(({ make }) => outcome(load.share(make)));
  expect(load.stats()).toEqual({ making: MOST_AT_ONCE, waiting: MOST_WAITING, refused: 0 });
  await expect(load.share(async () => {})).rejects.toMatchObject({ code: 'OVERLOADED', status: 503 });
  all.forEach(({ end }) => end());
  expect(new Set(await Promise.all(made))).toEqual(new Set(['made']));
  expect(load.stats()).toEqual({ making: 0, waiting: 0, refused: 1 });
});

test('whoever has waited longest is next, and is told that it had to wait', async () => {
  const load = new Load();
  const first = Array.from({ length: MOST_AT_ONCE }, work);
  first.forEach(({ make }) => void load.share(make));
  const order: string[] = [];
  const share = (name: string): Promise<unknown> =>
    load.share(async (waited) => void order.push(`${name} ${waited}`));
  const rest = [share('a'), share('b')];
  first.forEach(({ end }) => end());
  await Promise.all(rest);
  await share('c');
  expect(order).toEqual(['a true', 'b true', 'c false']);
});

test('what fails gives its place back', async () => {
  const load = new Load();
  for (let times = 0; times < MOST_AT_ONCE * 2; times++)
    await expect(load.share(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(load.stats()).toEqual({ making: 0, waiting: 0, refused: 0 });
});

test('nobody waits for long for work that hangs', async () => {
  const load = new Load();
  const hanging = Array.from({ length: MOST_AT_ONCE }, work);
  hanging.forEach(({ make }) => void load.share(make));
  const waiting = load.share(async () => {});
  await expect(waiting).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(load.stats()).toMatchObject({ waiting: 0, refused: 1 });
  hanging.forEach(({ end }) => end());
  await wait(PATIENCE_MS / 10);
  expect(await outcome(load.share(async () => {}))).toBe('made');
});
