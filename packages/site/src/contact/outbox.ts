/**
 * Sends notices of new messages in the background, again and again until they are out, and deletes messages
 * whose time is over. Several processes may run one each. A notice may come twice when a process ends between
 * sending and noting it; it is never lost while its message is there.
 */
import { type Kysely, sql } from 'kysely';
import type { Notifier } from '@homepage/platform';
import type { Tables } from '../database/tables.ts';
import { deleteOldMessages, stored, type StoredMessage } from './messages.ts';

export type OutboxOptions = {
  db: Kysely<Tables>;
  notifiers: Notifier[];
  keepDays: number;
  onError: (error: unknown, what: string) => void;
  /** how long to wait after so many failed attempts */
  retryAfterMs?: (attempts: number) => number;
  /** how often to look for what is due */
  pollMs?: number;
};

const MINUTE = 60_000;
/** Longer than any notifier waits: until then no other process tries the same notice. */
const LEASE_MS = 5 * MINUTE;
const SWEEP_MS = 60 * MINUTE;

type Claimed = { message: StoredMessage; channel: string; attempts: number };

export class Outbox {
  #options: Required<OutboxOptions>;
  #stopping = new AbortController();
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #sweptAt = -Infinity;

  constructor(options: OutboxOptions) {
    this.#options = { retryAfterMs: defaultRetry, pollMs: MINUTE / 2, ...options };
  }

  /** What a stored message is to be sent by. */
  get channels(): string[] {
    return this.#options.notifiers.map(({ channel }) => channel);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is something new. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Breaks off what is being sent; it goes out after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#wake = Promise.withResolvers();
      const busy = await this.#round().catch((error: unknown) => {
        this.#options.onError(error, 'the outbox could not be read');
        return false;
      });
      if (!busy) await this.#pause();
    }
  }

  /** @returns whether there was something to do */
  async #round(): Promise<boolean> {
    const { db, keepDays } = this.#options;
    if (performance.now() - this.#sweptAt > SWEEP_MS) {
      await deleteOldMessages(db, keepDays);
      this.#sweptAt = performance.now();
    }
    const claimed = await this.#claim();
    await Promise.all(claimed.map((one) => this.#send(one)));
    return claimed.length > 0;
  }

  async #pause(): Promise<void> {
    const timer = setTimeout(() => this.wake(), this.#options.pollMs);
    await this.#wake.promise;
    clearTimeout(timer);
  }

  /** Takes what is due, so that no other process takes it meanwhile. */
  async #claim(): Promise<Claimed[]> {
    const { db } = this.#options;
    if (this.channels.length === 0) return [];
    const rows = await db
      .with('due', (query) =>
        query
          .selectFrom('contact_notices')
          .select(['message_id', 'channel'])
          .where('due_at', '<=', sql<Date>`now()`)
          .where('channel', 'in', this.channels)
          .orderBy('due_at')
          .limit(10)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('contact_notices')
      .from('due')
      .from('contact_messages')
      .set({ due_at: inMs(LEASE_MS), attempts: sql`contact_notices.attempts + 1` })
      .whereRef('contact_notices.message_id', '=', 'due.message_id')
      .whereRef('contact_notices.channel', '=', 'due.channel')
      .whereRef('contact_messages.id', '=', 'due.message_id')
      .returningAll('contact_messages')
      .returning(['contact_notices.channel', 'contact_notices.attempts'])
      .execute();
    return rows.map((row) => ({ message: stored(row), channel: row.channel, attempts: row.attempts }));
  }

  async #send({ message, channel, attempts }: Claimed): Promise<void> {
    const { db, notifiers, onError, retryAfterMs } = this.#options;
    const notifier = notifiers.find((one) => one.channel === channel)!;
    try {
      await notifier.send(message, this.#stopping.signal);
      await db
        .deleteFrom('contact_notices')
        .where('message_id', '=', message.id)
        .where('channel', '=', channel)
        .execute();
    } catch (error) {
      const stopped = this.#stopping.signal.aborted;
      if (!stopped)
        onError(error, `the notice of message ${message.id} by ${channel} was not sent; it is tried again`);
      await db
        .updateTable('contact_notices')
        .set({ due_at: inMs(stopped ? 0 : retryAfterMs(attempts)), last_error: String(error).slice(0, 500) })
        .where('message_id', '=', message.id)
        .where('channel', '=', channel)
        .execute()
        // The lease runs out by itself.
        .catch((cause: unknown) => onError(cause, 'the outbox could not be written'));
    }
  }
}

/** Half a minute, then twice as long each time, at most six hours. */
function defaultRetry(attempts: number): number {
  return Math.min((MINUTE / 2) * 2 ** (attempts - 1), 360 * MINUTE);
}

function inMs(milliseconds: number) {
  return sql<Date>`now() + make_interval(secs => ${milliseconds / 1000})`;
}
