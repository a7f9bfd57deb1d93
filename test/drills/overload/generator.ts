/**
 * The load, in a process of its own: `node generator.ts '<Order as JSON>'` prints what it did as JSON. Two forms: a closed
 * loop (each visitor asks again when the answer is there) finds out how much can be sustained; an open one keeps its pace
 * whatever becomes of it. Its times begin when a question was due, not when it could be sent.
 */
import { Connection, type Reply } from './connection.ts';
import { addressOf, answer, asBytes, message, neverKept, page, type Question } from './questions.ts';

export type Order = {
  port: number;
  seconds: number;
  /** visitors that each ask again and again */
  closed?: { visitors: number; ask: 'neverKept' | 'pages' };
  /** questions a second, of each kind */
  open?: Record<Kind, number>;
  /** all of them from one address; from thousands by default */
  from?: string;
};

export type Tally = {
  /** questions that were due; what could not even be sent is among them, with status 0 */
  asked: number;
  /** by status; 0: no answer, or the connection was reset */
  statuses: Record<string, number>;
  /** refusals (503) without Retry-After, or not in the form that who asked can read */
  badRefusals: number;
  /** of those that were answered with anything but a refusal or nothing, ms */
  p50: number;
  p99: number;
  slowest: number;
};

/** pages are kept by nginx too, answers by the API alone */
type Kind = 'neverKept' | 'pages' | 'answers' | 'messages';

export type Report = Record<Kind, Tally> & {
  /** the share of a processor that this process took */
  processor: number;
  /** how late the last question was sent, ms: far more than a tick means that this process could not keep up */
  latestMs: number;
};

const VISITORS = 40_000;
const TICK_MS = 5;
/** More at a time are not opened: a question that finds none free waits, and its time with it. */
const MOST_CONNECTIONS = 4_000;

class Counted {
  asked = 0;
  statuses: Record<string, number> = {};
  badRefusals = 0;
  times: number[] = [];

  add({ path }: Question, { status, retryAfter, type }: Reply, ms: number): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status === 503 || status === 429) {
      const right = path.startsWith('/api/') ? /^application\/problem\+json$/ : /^text\/(html|plain)$/;
      if (!retryAfter || !right.test(type)) this.badRefusals++;
    } else if (status !== 0) this.times.push(ms);
  }

  tally(): Tally {
    const times = Float64Array.from(this.times).sort();
    const at = (part: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
    const { asked, statuses, badRefusals } = this;
    return { asked, statuses, badRefusals, p50: at(0.5), p99: at(0.99), slowest: times.at(-1) ?? 0 };
  }
}

const order = JSON.parse(process.argv[2]!) as Order;
const counted = {
  neverKept: new Counted(),
  pages: new Counted(),
  answers: new Counted(),
  messages: new Counted(),
};
let latestMs = 0;
let visitor = 0;

async function closedLoop(
  { port, seconds }: Order,
  { visitors, ask }: NonNullable<Order['closed']>,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const [tally, make] = ask === 'pages' ? [counted.pages, page] : [counted.neverKept, neverKept];
  const one = async (): Promise<void> => {
    const connection = new Connection(port);
    while (performance.now() < end) {
      const start = performance.now();
      const question = make(tally.asked++);
      const reply = await connection.ask(asBytes(question, order.from ?? addressOf(visitor++ % VISITORS)));
      tally.add(question, reply, performance.now() - start);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: visitors }, one));
}

async function openLoop({ port, seconds }: Order, rates: NonNullable<Order['open']>): Promise<void> {
  const free: Connection[] = [];
  const waiting: (() => void)[] = [];
  const pending = new Set<Promise<void>>();
  let opened = 0;
  const start = performance.now();

  async function send(tally: Counted, question: Question, due: number): Promise<void> {
    let connection = free.pop();
    if (!connection && opened++ < MOST_CONNECTIONS) connection = new Connection(port);
    if (!connection) {
      await new Promise<void>((done) => waiting.push(done));
      connection = free.pop()!;
    }
    latestMs = Math.max(latestMs, performance.now() - due);
    const reply = await connection.ask(asBytes(question, order.from ?? addressOf(visitor++ % VISITORS)));
    tally.add(question, reply, performance.now() - due);
    free.push(connection);
    waiting.shift()?.();
  }

  function sendDue(tally: Counted, ask: (number: number) => Question, rate: number, now: number): void {
    const due = Math.floor((Math.min(now - start, seconds * 1000) / 1000) * rate);
    while (tally.asked < due) {
      const at = start + ((tally.asked + 1) / rate) * 1000;
      const sent = send(tally, ask(tally.asked++), at).finally(() => pending.delete(sent));
      pending.add(sent);
    }
  }

  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const now = performance.now();
      sendDue(counted.neverKept, neverKept, rates.neverKept, now);
      sendDue(counted.pages, page, rates.pages, now);
      sendDue(counted.answers, answer, rates.answers, now);
      sendDue(counted.messages, message, rates.messages, now);
      if (now - start < seconds * 1000) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
  await Promise.all(pending);
  free.forEach((connection) => connection.close());
}

const began = performance.now();
if (order.closed) await closedLoop(order, order.closed);
if (order.open) await openLoop(order, order.open);
const { user, system } = process.cpuUsage();
const report: Report = {
  neverKept: counted.neverKept.tally(),
  pages: counted.pages.tally(),
  answers: counted.answers.tally(),
  messages: counted.messages.tally(),
  processor: (user + system) / 1000 / (performance.now() - began),
  latestMs,
};
console.log(JSON.stringify(report));
