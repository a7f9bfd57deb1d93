/** What one page costs to make, with 10 posts and with 10,000: nothing may grow with what is written. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@homepage/platform';
import { bumpContentVersion, type Tables } from '@homepage/site';
import { runHomepage, startSite, type RunningSite } from '@homepage/testkit';
import { median, type Row } from './row.ts';

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

export async function pageCost(): Promise<Row[]> {
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
      const [ours, peer] = [median(many.times[page]!), median(few.times[page]!)];
      const ratio = ours / peer;
      return {
        name: `${page} made with ${MANY} posts / with ${FEW}, microseconds`,
        ours,
        peer,
        ratio,
        goal: 1.2,
        ok: ratio <= 1.2,
      };
    });
  } finally {
    for (const site of sites) await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Measured = {
  site: RunningSite;
  /** makes every finished page old, as a change of content does */
  change(): Promise<void>;
  times: Record<string, number[]>;
  close(): Promise<void>;
};

async function open(folder: string, posts: number): Promise<Measured> {
  console.error(`importing ${posts} posts …`);
  const content = join(folder, `content-${posts}`);
  mkdirSync(content);
  for (let number = 0; number < posts; number++) {
    writeFileSync(join(content, `post-${number}.md`), makePost(number));
  }
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

/** Two a day, with two tags each; the newest ten are about stones. */
function makePost(number: number): string {
  const date = new Date(Date.UTC(2026, 0, 1) - number * 43_200_000).toISOString();
  const tags = [`rare-${number % 100}`, number < 10 ? 'stone' : `topic-${number % 10}`];
  const text = 'A stone lay in the river, and the river went around it.\n\n'.repeat(10);
  return `---\ntitle: Post ${number}\ndate: ${date}\ntags: [${tags.join(', ')}]\n---\n\n${text}`;
}
