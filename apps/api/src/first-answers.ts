/**
 * What the servers say when this process asks them first. What only a person can mend (a role that is refused, a bucket
 * that is not there) ends the start: crash loops are seen, a process that is never ready is looked for. What comes by
 * itself (a database that is being started, a schema that is being migrated) is waited for: replicas must not go down
 * with the database.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Kysely } from 'kysely';
import { aheadOfDatabase, Problem, requireSameClock, type Storage } from '@homepage/platform';
import type { Tables } from '@homepage/site';

/** No waiting mends these. */
const FINAL = new Set([
  'DATABASE_REFUSED',
  'DATABASE_UNTRUSTED',
  'DATABASE_DENIED',
  'STORAGE_REFUSED',
  'STORAGE_UNTRUSTED',
  'STORAGE_NOT_S3',
  'DATA_FOLDER_READ_ONLY',
]);

/** Who says nothing in this time is taken as away: the start goes on. */
const MOST_MS = 2_000;

export class FirstAnswers {
  readonly #log: FastifyBaseLogger;
  readonly #refused = Promise.withResolvers<never>();
  readonly #databaseAnswered = Promise.withResolvers<void>();
  #storage: Promise<unknown> = Promise.resolve();

  constructor(log: FastifyBaseLogger) {
    this.#log = log;
    // Reported where it is awaited; until then it must not end the process.
    this.#refused.promise.catch(() => {});
  }

  /** Pages work without it: one that is away is only told. */
  askStorage(storage: Storage): void {
    this.#storage = storage.check().catch((error: unknown) => {
      this.#log.warn(toLog(error), 'the storage cannot be used');
      this.#weigh(error);
    });
  }

  databaseSays(reason: unknown): void {
    this.#log.warn(toLog(reason), 'not ready yet');
    this.#weigh(reason);
    this.#databaseAnswered.resolve();
  }

  /**
   * @param ready the database can be worked with
   * @returns when everybody has answered, or 2 s later
   * @throws Problem that ends the start
   */
  async wait(ready: Promise<void>): Promise<void> {
    const database = Promise.race([ready, this.#databaseAnswered.promise]);
    const late = wait(MOST_MS, undefined, { ref: false });
    await Promise.race([this.#refused.promise, Promise.all([database, this.#storage]), late]);
  }

  #weigh(error: unknown): void {
    if (error instanceof Problem && FINAL.has(error.code)) this.#refused.reject(error);
  }
}

/** Logs what the site works with today and should not for long. */
export async function warn(log: FastifyBaseLogger, check: () => unknown): Promise<void> {
  try {
    await check();
  } catch (error) {
    log.warn(toLog(error), 'to be mended soon');
  }
}

/** @throws Problem CLOCK_DIFFERS: dates and certificates are wrong with it */
export async function compareClocks(db: Kysely<Tables>): Promise<void> {
  requireSameClock(await aheadOfDatabase(db), 'that of the database');
}

/** What a log line says of a failure: its code, cause and fix. */
export function toLog(error: unknown): object {
  if (!(error instanceof Problem)) return { err: error };
  return { code: error.code, reason: error.message, fix: error.fix };
}
