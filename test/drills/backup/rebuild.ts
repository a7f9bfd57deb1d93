/** Nothing is left of a large site but its backup. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { indexEntries } from '@homepage/site';
import { sql } from 'kysely';
import { addressOf, codeIn, expectCode, type Act, type Scene } from './scene.ts';

const POSTS = { short: 100, full: 10_000 };
/** of one post */
const WORDS = 420;
const VOCABULARY = 15_000;
/** What is promised of 10,000 posts on two cores. */
const MOST_SECONDS = 60;

export const lostSite: Act = async (scene) => {
  const posts = POSTS[scene.length];
  await addPosts(scene, posts);
  const large = scene.at({ prefix: 'large' });
  const report = await scene.run([large]);
  const broken = expectCode('the run', codeIn(report), 'none');
  await sql`delete from entries where slug like 'large-%'`.execute(scene.owner.db);
  const blank = mkdtempSync(join(tmpdir(), 'homepage-drill-'));
  try {
    // All that a new machine is given.
    const env = { DATA_DIR: blank, SECRETS_DIR: 'none', BACKUP_TO: addressOf(large) };
    const from = addressOf(large, { keys: false });
    const { stdout } = scene.homepage(['rebuild', '--from', from, '--json'], env);
    const said = await text(stdout!);
    const { seconds, rows, recoveryPoint } = JSON.parse(said) as Rebuilt;
    if (rows !== report.rows) broken.push(`it said: ${said}`);
    if (seconds > MOST_SECONDS) broken.push(`${posts} posts took ${Math.round(seconds)} s`);
    return {
      broken,
      recoverySeconds: seconds,
      detail: `${posts} posts (${Math.round(report.plainBytes / 1e6)} MB of rows, ${Math.round(report.bytes / 1e6)} MB stored) are there again, compared row by row. Recovery point: ${recoveryPoint}, the moment of the backup.`,
    };
  } finally {
    rmSync(blank, { recursive: true, force: true });
  }
};

type Rebuilt = { seconds: number; rows: number; recoveryPoint: string };

/** Like the first one, each with other words, and found by them. */
async function addPosts({ owner: { db } }: Scene, count: number): Promise<void> {
  const columns = await sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = 'entries'::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''`.execute(
    db,
  );
  const changes: Record<string, string> = {
    slug: `'large-' || n`,
    guid: 'null',
    markdown: 'body',
    html: `'<p>' || body || '</p>'`,
    text: 'body',
  };
  const names = columns.rows.map(({ name }) => name);
  await sql`
    insert into entries (${sql.raw(names.join(', '))})
    select ${sql.raw(names.map((name) => changes[name] ?? name).join(', '))}
    from entries, generate_series(1, ${count}) n, lateral (
      select string_agg(substr(md5(floor(${VOCABULARY} * random() ^ 3)::text), 1, 5 + (word + n) % 4), ' ') as body
      from generate_series(1, ${WORDS}) word
    ) as bodies
    where slug = 'post-0'`.execute(db);
  await indexEntries(db, 'en');
}
