/** The program of OtherProcess: has one database open and does what it is told. */
import { sql, type Kysely } from 'kysely';
import { openDatabase, type Database, type OpenOptions } from './open.ts';

export type Request =
  | { method: 'open'; options: OpenOptions }
  | { method: 'query'; sql: string }
  | { method: 'hold'; sql: string }
  | { method: 'writeTransactions'; first: number; count: number }
  | { method: 'writeForever' }
  | { method: 'close' };

export type Answer =
  | { acknowledged: number }
  | { id: number; value: unknown }
  | { id: number; error: { message: string; code?: string; fix?: string } };

type Tables = Record<string, Record<string, unknown>>;

let database: Database<Tables> | undefined;

process.on('disconnect', () => process.exit());
// The database's thread failed; the queries in flight say so to the test.
process.on('uncaughtException', () => {});
process.on('message', (message: { id: number } & Request) => {
  act(message).then(
    (value) => tell({ id: message.id, value: value ?? null }),
    ({ message: text, code, fix }: Error & { code?: string; fix?: string }) =>
      tell({ id: message.id, error: { message: text, code, fix } }),
  );
});

async function act(request: Request): Promise<unknown> {
  if (request.method === 'open') {
    database = await openDatabase<Tables>(request.options);
    return { shared: database.shared };
  }
  if (!database) throw new Error('nothing is open');
  const { db } = database;
  switch (request.method) {
    case 'query':
      return (await sql.raw(request.sql).execute(db)).rows;
    case 'hold':
      return new Promise((done, fail) => {
        db.transaction()
          .execute(async (trx) => {
            await sql.raw(request.sql).execute(trx);
            done(undefined);
            await new Promise(() => {});
          })
          .catch(fail);
      });
    case 'writeTransactions':
      return Promise.all(
        Array.from({ length: request.count }, (_, index) => writeTransaction(db, request.first + index)),
      );
    case 'writeForever':
      for (let number = 0; ; number++) {
        await sql`insert into ledger values (${number}, repeat(md5(${String(number)}), 100))`.execute(db);
        tell({ acknowledged: number });
      }
    case 'close':
      await database.close();
      database = undefined;
  }
  return undefined;
}

async function writeTransaction(db: Kysely<Tables>, number: number): Promise<void> {
  const rollBack = new Error('as told');
  await db
    .transaction()
    .execute(async (trx) => {
      for (let part = 0; part < 3; part++)
        await sql`insert into parts values (${number}, ${part})`.execute(trx);
      if (number % 3 === 0) throw rollBack;
    })
    .catch((error: unknown) => {
      if (error !== rollBack) throw error;
    });
}

function tell(answer: Answer): void {
  process.send!(answer);
}
