/** What one page costs to make, with 10 posts and with 10,000: nothing may grow with what is written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@homepage/platform';
import { bumpContentVersion, type Tables } from '@homepage/site';
import { runHomepage, startSite, type RunningSite } from '@homepage/testkit';
import { writePosts } from './posts.ts';
import { compared, median, type Bench } from './row.ts';

const FEW = 10;
const MANY = 10_000;
const ROUNDS = 25;
/** Longer than the site takes to see that content changed. */
const SEEN_AFTER_MS = 600;
/** They show as much in both sites, but for the list, which has ten posts in one and twenty in the other. */
const PAGES: Record<string, string> = {
  'the home page': '/',
  'a post': '/posts/post-5',
  'a tag': '/tags/stone',
  'a list': '/posts',
};

const WHY: Record<string, string> = {
  'a list': 'it shows twenty posts, and the site with few has ten.',
  'a post':
    'its related posts are chosen among the 50 newest of each of its tags; the site with few has fewer.',
};

export const pageCost: Bench = {
  how: `Two embedded sites, with ${MANY} posts and with ${FEW}; content changes before each of ${ROUNDS} rounds, so that every page is made anew, in turns.`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'homepage-bench-'));
    const sites: Measured[] = [];
    try {
      const few = await open(folder, FEW);
      sites.push(few);
      const many = await open(folder, MANY);
      sites.push(many);
      console.error(`measuring ${ROUNDS} rounds …`);
      // In turns, so that a noisy moment of the machine meets both. The first rounds warm up.
      for (let round = -5; round < ROUNDS; round++) {
        for (const site of sites) await measure(site, round >= 0);
      }
      return Object.keys(PAGES).map((page) => {
        const name = `${page} made with ${MANY} posts / with ${FEW}`;
        const ours = median(many.times[page]!);
        return compared({ name, unit: 'µs', why: WHY[page] }, [{ ours, peer: median(few.times[page]!) }], {
          most: 1.2,
        });
      });
    } finally {
      for (const site of sites) await site.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type Measured = {
  site: RunningSite;
  /** makes every finished page old, as a change of content does */
  change(): Promise<void>;
  times: Record<string, number[]>;
  close(): Promise<void>;
};

async function open(folder: string, posts: number): Promise<Measured> {
  console.error(`importing ${posts} posts …`);
  const content = writePosts(folder, posts);
  const dataDir = join(folder, `data-${posts}`);
  await runHomepage(['migrate'], dataDir);
  await runHomepage(['sample', 'remove', '--yes'], dataDir);
  const { code, stderr } = await runHomepage(['import', content, '--json'], dataDir);
  if (code !== 0) throw new Error(`the import ended with ${code}:\n${stderr}`);
  const site = await startSite({ dataDir });
  const database = await openDatabase<Tables>({ dataDir, command: 'npm run bench', mode: 'share' });
  return {
    site,
    change: () => bumpContentVersion(database.db),
    times: Object.fromEntries(Object.keys(PAGES).map((page) => [page, []])),
    async close() {
      await database.close();
      await site.stop();
    },
  };
}

async function measure({ site, change, times }: Measured, counts: boolean): Promise<void> {
  await change();
  await wait(SEEN_AFTER_MS);
  for (const [page, path] of Object.entries(PAGES)) {
    const start = performance.now();
    const response = await fetch(site.address + path);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    if (counts) times[page]!.push((performance.now() - start) * 1000);
  }
}
