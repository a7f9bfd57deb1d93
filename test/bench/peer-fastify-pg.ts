/**
 * A minimal Fastify with a pool of pg that answers a list of posts: the same two queries as ours, their rows as JSON, and
 * nothing else. Its argument is a JSON file with what pg needs to connect, and the place in the list.
 */
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import pg from 'pg';

const { connection, statements } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as {
  connection: pg.PoolConfig;
  /** text and values of the first; text of the second, which takes the ids that the first one gave */
  statements: { posts: string; values: unknown[]; tags: string };
};
type Row = {
  id: number;
  slug: string;
  title: string;
  description: string;
  published_at: Date;
  updated_at: Date;
};
type TagRow = { entry_id: number; label: string };

const pool = new pg.Pool({ ...connection, max: 10 });
const app = Fastify();
app.get('/posts', async (_request, reply) => {
  const found = await pool.query<Row>(statements.posts, statements.values);
  // One more than is shown was asked for: it says whether there is a next page.
  const rows = found.rows.slice(0, Number(statements.values.at(-1)) - 1);
  const ids = rows.map(({ id }) => id);
  const tags = await pool.query<TagRow>(statements.tags, ids);
  const items = rows.map(({ id, slug, title, description, published_at, updated_at }) => ({
    slug,
    title,
    description,
    publishedAt: published_at,
    updatedAt: updated_at,
    tags: tags.rows.filter(({ entry_id }) => entry_id === id).map(({ label }) => label),
    url: `/posts/${slug}`,
  }));
  return reply.type('application/json').send(JSON.stringify({ items, nextCursor: null }));
});
console.log(`${await app.listen({ port: 0, host: '127.0.0.1' })}/posts`);
// Whoever started this is gone.
process.stdin.resume().on('end', () => process.exit());
