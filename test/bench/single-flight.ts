/** A thousand visitors who want the same page at once, which nobody had before: what the database sees of it. */
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { compared, measured, type Bench } from './row.ts';
import { statementsDuring } from './statements.ts';

const VISITORS = 1000;
const ROUNDS = 5;

export const singleFlight: Bench = {
  how: `${VISITORS} requests for a list that nobody asked for before, sent at the same moment over ${VISITORS} open connections to two API processes that share Valkey; counted are the statements about entries in PostgreSQL's own log, the most of ${ROUNDS} rounds. The list of tags takes one statement; a list of posts takes two (posts, their tags).`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({ onProgress: (what) => console.error(`starting ${what} …`) });
    try {
      // Every connection is open before it counts.
      await ask(platform, '/robots.txt');
      const unit = 'statements';
      const oneOfTags = await textsOfOne(platform, '/api/v1/tags?limit=7');
      const tags = await count(platform, '/api/v1/tags', oneOfTags);
      const oneOfPosts = await textsOfOne(platform, '/api/v1/posts?limit=50');
      const posts: number[] = [];
      for (let round = 0; round < ROUNDS; round++)
        posts.push(await count(platform, `/api/v1/posts?limit=${30 + round}`, oneOfPosts));
      return [
        measured({ name: `${VISITORS} misses of the list of tags at once, over two replicas`, unit }, tags, {
          most: 1,
        }),
        compared(
          { name: `${VISITORS} misses of a list of posts at once, over two replicas / one miss`, unit },
          [{ ours: Math.max(...posts), peer: oneOfPosts.length }],
          { most: 1 },
        ),
      ];
    } finally {
      await platform.stop();
    }
  },
};

/** What one miss asks the database, so that what runs in the background is not counted. */
async function textsOfOne({ postgresql, replicas, fetch }: Platform, path: string): Promise<string[]> {
  const asked = await statementsDuring(postgresql, () => fetch(replicas[0]!.address + path));
  return asked.map(({ text }) => text);
}

async function count(platform: Platform, path: string, texts: string[]): Promise<number> {
  console.error(`asking for ${path} …`);
  const asked = await statementsDuring(platform.postgresql, () => ask(platform, path));
  const { length } = asked.filter(({ text }) => texts.includes(text));
  if (length === 0) throw new Error(`${path}: the database was not asked at all`);
  return length;
}

/** @throws Error when somebody is refused */
async function ask({ replicas, fetch }: Platform, path: string): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: VISITORS }, async (_, visitor) => {
      const answer = await fetch(replicas[visitor % replicas.length]!.address + path);
      await answer.arrayBuffer();
      return answer.status;
    }),
  );
  const refused = answers.filter((status) => status !== 200);
  if (refused.length > 0) throw new Error(`${path}: ${refused.length} got ${refused[0]}`);
}
