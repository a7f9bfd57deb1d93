/** All rows of one database in place of another's, in one transaction: readers see the old ones until the new ones are whole. */
import { type Kysely, sql } from 'kysely';
import { Problem } from '@homepage/platform';
import type { Tables } from '@homepage/site';
import { measure, readSequences, readShape, useNeutralTexts, type TableContent } from './content.ts';
import { quoteName } from './copy-text.ts';
import { dropIndexes } from './indexes.ts';
import type { OnProgress } from './progress.ts';
import { insertRows, readRows, rowsAtOnce, setSequence } from './rows.ts';

/** What migrations wrote about themselves, and the number that only rises, are the database's own. */
const OWN = ['kysely_migration', 'kysely_migration_lock'];
const VERSION = 'content_version';

/**
 * Both have the schema of this release. Cut off anywhere, the transaction is rolled back and nothing has changed.
 * @param contents of `from`
 * @param unread nobody reads what is replaced: it is much faster then, and readers would have to wait
 * @throws Problem RESTORE_DIFFERS; DATABASE_DENIED without the owner's rights
 */
export async function replaceRows(
  from: Kysely<Tables>,
  contents: TableContent[],
  to: Kysely<Tables>,
  unread: boolean,
  onProgress: OnProgress,
): Promise<void> {
  await from
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (source) => {
      await useNeutralTexts(source);
      const tables = (await readShape(source)).filter(({ name }) => !OWN.includes(name));
      await to.transaction().execute(async (trx) => {
        await useNeutralTexts(trx);
        const list = tables.map(({ name }) => `public.${quoteName(name)}`).join(', ');
        // Who writes waits for us, who reads does not.
        await sql`lock table ${sql.raw(list)} in share row exclusive mode`.execute(trx);
        const before = await versionOf(trx);
        const makeIndexes = await dropIndexes(trx, unread ? tables.map(({ name }) => name) : []);
        for (const { name } of tables.toReversed())
          await sql`delete from ${sql.id('public', name)}`.execute(trx);
        const total = contents.reduce((sum, { bytes }) => sum + bytes, 0);
        let done = 0;
        for (const table of tables) {
          const content = contents.find(({ name }) => name === table.name)!;
          for await (const rows of readRows(source, table, rowsAtOnce(content)))
            await insertRows(trx, table.name, table.columns, rows);
          onProgress('restoring', (done += content.bytes), total, '');
        }
        await makeIndexes();
        for (const sequence of await readSequences(source)) await setSequence(trx, sequence);
        onProgress('comparing', 0, 0, '');
        requireSame(await measure(trx, tables), contents);
        // Pages that were kept under a version of the time between must not pass for those of now.
        await sql`update content_version set version = greatest(version, ${before}::bigint) + 1`.execute(trx);
      });
    });
}

async function versionOf(trx: Kysely<Tables>): Promise<number> {
  const row = await trx.selectFrom(VERSION).select('version').executeTakeFirst();
  return row?.version ?? 0;
}

function requireSame(actual: TableContent[], expected: TableContent[]): void {
  const differs = actual.find(
    ({ name, hash }) => expected.find((table) => table.name === name)?.hash !== hash,
  );
  if (!differs) return;
  throw new Problem('RESTORE_DIFFERS', `After writing, ${differs.name} held other rows than the backup.`, {
    field: differs.name,
    fix: 'Nothing was changed. Run it again; if it stays so, open an issue.',
  });
}
