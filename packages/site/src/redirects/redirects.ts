/** Addresses that lead elsewhere, and addresses that are gone. */
import { sql, type Kysely } from 'kysely';
import type { Lookup } from '@homepage/contract';
import { Problem } from '@homepage/platform';
import { bumpContentVersion } from '../content-version.ts';
import type { EntryKind, Tables } from '../database/tables.ts';
import { entryUrl } from '../entries/url.ts';

/** As many redirects may follow each other; `replaceRedirects` refuses longer chains. */
const LONGEST_CHAIN = 10;
/** PostgreSQL takes 65,535 values in one statement. */
const ROWS_AT_ONCE = 5000;

type Elsewhere = Exclude<Lookup<never>, { status: 'found' }>;

/**
 * What an address without a page of its own answers.
 * @param path decoded, in NFC, without a slash at its end
 */
export async function findElsewhere(db: Kysely<Tables>, path: string): Promise<Elsewhere> {
  let here = path;
  let last: string | undefined;
  for (let step = 0; step <= LONGEST_CHAIN; step++) {
    const row = await db
      .selectFrom('redirects')
      .leftJoin('entries', 'entries.id', 'redirects.entry_id')
      .select(['redirects.entry_id', 'redirects.target', 'entries.kind', 'entries.slug'])
      // A draft and what is for later have no page to lead to, and their names are nobody's business yet.
      .select(
        sql<boolean>`entries.status = 'published' and coalesce(entries.published_at <= now(), true)`.as(
          'shown',
        ),
      )
      .where('redirects.path', '=', here)
      .executeTakeFirst();
    if (row?.kind && row.slug) {
      return row.shown ? { status: 'moved', url: entryUrl(row.kind, row.slug) } : { status: 'missing' };
    }
    if (row && row.target === null) {
      return { status: 'gone', title: path, since: null, reason: '' };
    }
    if (!row?.target)
      return last === undefined ? { status: 'missing' } : { status: 'moved', url: encoded(last) };
    if (!row.target.startsWith('/')) return { status: 'moved', url: row.target };
    last = row.target;
    here = pathOf(last);
  }
  return { status: 'missing' };
}

/** A target may have a query and a fragment; redirects go by paths. */
const pathOf = (target: string): string =>
  decodeURIComponent(new URL(target, 'http://site.invalid').pathname);

function encoded(target: string): string {
  const { pathname, search, hash } = new URL(target, 'http://site.invalid');
  return pathname + search + hash;
}

/** From path to where it leads; null for an address that is gone for good. */
export type RedirectMap = Map<string, string | null>;

/** Those that belong to no entry, by path. */
export async function listRedirects(db: Kysely<Tables>): Promise<RedirectMap> {
  const rows = await db
    .selectFrom('redirects')
    .select(['path', 'target'])
    .where('entry_id', 'is', null)
    .orderBy('path')
    .execute();
  return new Map(rows.map(({ path, target }) => [path, target]));
}

/**
 * Puts these in the place of all that belong to no entry. An old address of an entry gives way.
 * @returns false when they were the same already
 * @throws Problem REDIRECT_LOOP
 */
export async function replaceRedirects(db: Kysely<Tables>, redirects: RedirectMap): Promise<boolean> {
  refuseLoops(redirects);
  const stored = await listRedirects(db);
  if (stored.size === redirects.size && [...redirects].every(([path, to]) => stored.get(path) === to))
    return false;
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('redirects').where('entry_id', 'is', null).execute();
    const rows = [...redirects].map(([path, target]) => ({ path, target, entry_id: null }));
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      await trx
        .insertInto('redirects')
        .values(rows.slice(start, start + ROWS_AT_ONCE))
        .onConflict((conflict) =>
          conflict
            .column('path')
            .doUpdateSet((eb) => ({ target: eb.ref('excluded.target'), entry_id: null })),
        )
        .execute();
    }
    await bumpContentVersion(trx);
  });
  return true;
}

/** @throws Problem REDIRECT_LOOP, naming the circle */
export function refuseLoops(redirects: RedirectMap): void {
  for (const start of redirects.keys()) {
    const way = [start];
    let target = redirects.get(start);
    while (target?.startsWith('/')) {
      const next = pathOf(target);
      const ends = !way.includes(next);
      if (!ends || way.length > LONGEST_CHAIN) {
        const what = ends ? `takes more than ${LONGEST_CHAIN} steps` : 'never ends';
        throw new Problem(
          'REDIRECT_LOOP',
          `The redirect of ${start} ${what}: ${[...way, next].join(' → ')}.`,
          {
            field: start,
            fix: ends ? 'Let them lead to the last address at once.' : 'Let one of them lead to a page.',
          },
        );
      }
      way.push(next);
      target = redirects.get(next);
    }
  }
}

/** Where the entry of an address that was removed, moved or never was, leads now. */
export async function goneOrElsewhere(db: Kysely<Tables>, kind: EntryKind, slug: string): Promise<Elsewhere> {
  const elsewhere = await findElsewhere(db, decodeURI(entryUrl(kind, slug)));
  if (elsewhere.status !== 'missing') return elsewhere;
  const row = await db
    .selectFrom('gone')
    .selectAll()
    .where('kind', '=', kind)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (!row) return { status: 'missing' };
  return { status: 'gone', title: row.title, since: row.since.toISOString(), reason: row.reason };
}
