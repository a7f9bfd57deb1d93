import { expect, test } from 'vitest';
import { TurnQueue, type Backend, type TurnTaker } from './turns.ts';

const log: string[] = [];
const backend: Backend = { send: async (message) => void log.push(Buffer.from(message).toString()) };

/** A client whose messages end in "." when they leave the backend free. */
class Speaker implements TurnTaker {
  words: string[];
  constructor(...words: string[]) {
    this.words = words;
  }
  get pending(): boolean {
    return this.words.length > 0;
  }
  async runPending(to: Backend): Promise<boolean> {
    for (let word = this.words.shift(); word; word = this.words.shift()) {
      await to.send(Buffer.from(word), () => {});
      if (word.endsWith('.')) return true;
    }
    return false;
  }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test('a client keeps the backend until it leaves it free, and then goes to the end of the line', async () => {
  log.length = 0;
  const queue = new TurnQueue(backend, (error) => {
    throw error;
  });
  const [ada, ben] = [new Speaker('a1', 'a2.', 'a3.'), new Speaker('b1.', 'b2')];
  queue.wake(ada);
  queue.wake(ben);
  await settled();
  expect(log).toEqual(['a1', 'a2.', 'b1.', 'a3.', 'b2']);
  ada.words.push('a4.');
  queue.wake(ada);
  await settled();
  expect(log).toHaveLength(5); // ben is in the middle of something
  ben.words.push('b3.');
  queue.wake(ben);
  await settled();
  expect(log.slice(5)).toEqual(['b3.', 'a4.']);
});

test('a backend that fails is reported', async () => {
  const failures: unknown[] = [];
  const failure = new Error('gone');
  const queue = new TurnQueue({ send: () => Promise.reject(failure) }, (error) => failures.push(error));
  queue.wake(new Speaker('a.'));
  await settled();
  expect(failures).toEqual([failure]);
});
