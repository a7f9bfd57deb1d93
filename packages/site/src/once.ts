import { type Kysely, sql } from 'kysely';
import type { Tables } from './database/tables.ts';

// The embedded database has one session for everybody, and a session may take its own lock twice.
const running = new WeakMap<Kysely<Tables>, Set<string>>();

/**
 * Runs work in one process at a time, however many there are: whoever holds the database's lock of that name. A process
 * that dies loses it with its connection.
 * @returns undefined when another process is at it
 */
export async function once<Result>(
  db: Kysely<Tables>,
  name: string,
  work: () => Promise<Result>,
): Promise<{ result: Result } | undefined> {
  const here = running.get(db) ?? new Set();
  if (here.has(name)) return undefined;
  running.set(db, here.add(name));
  try {
    return await withLock(db, name, work);
  } finally {
    here.delete(name);
  }
}

function withLock<Result>(
  db: Kysely<Tables>,
  name: string,
  work: () => Promise<Result>,
): Promise<{ result: Result } | undefined> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ held: boolean }>`
      select pg_try_advisory_lock(hashtextextended(${`homepage ${name}`}, 0)) as held`.execute(connection);
    if (!rows[0]?.held) return undefined;
    try {
      return { result: await work() };
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${`homepage ${name}`}, 0))`.execute(connection);
    }
  });
}
