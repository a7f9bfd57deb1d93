/** How much of what visitors ask for is answered by nginx without waiting for the API, at which traffic: what a CDN in front would see, too. */
import { setTimeout as wait } from 'node:timers/promises';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { measured, type Bench, type Row } from './row.ts';

/** pages a second */
const TRAFFIC = [1, 10, 100];
const SECONDS = 20;
/** Fresh, or seconds old while a new one is fetched behind the visitor's back. Not REVALIDATED: the API was asked first. */
const KEPT = ['HIT', 'STALE', 'UPDATING'];

export const kept: Bench = {
  how: `Pages are asked for at a steady ${TRAFFIC.join(', ')} a second for ${SECONDS} s each, through nginx, as visitors do: the n-th most read page n times as seldom as the first (Zipf), at most 30 pages and feeds. Counted from nginx's own log. Nothing is published meanwhile.`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({ onProgress: (what) => console.error(`starting ${what} …`) });
    try {
      const pages = await pagesOf(platform);
      const rows: Row[] = [];
      for (const perSecond of TRAFFIC) {
        console.error(`${perSecond} pages a second …`);
        const before = platform.nginx.accessLog().length;
        await read(platform, pages, perSecond);
        const lines = platform.nginx.accessLog().slice(before);
        const share =
          (100 * lines.filter((line) => KEPT.includes(String(line['cache']))).length) / lines.length;
        const name = `${perSecond} pages a second, answered without waiting for the API`;
        rows.push(measured({ name, unit: '%' }, share));
      }
      return rows;
    } finally {
      await platform.stop();
    }
  },
};

async function pagesOf({ address }: Platform): Promise<string[]> {
  const { items } = (await (await fetch(`${address}/api/v1/posts`)).json()) as { items: { url: string }[] };
  const posts = items.map(({ url }) => new URL(url, address).pathname);
  return ['/', '/posts', ...posts, '/about', '/rss.xml', '/projects', '/tags', '/atom.xml'].slice(0, 30);
}

async function read({ address }: Platform, pages: string[], perSecond: number): Promise<void> {
  const weights = pages.map((_page, index) => 1 / (index + 1));
  const all = weights.reduce((sum, weight) => sum + weight);
  const pick = (): string => {
    let left = Math.random() * all;
    return pages[weights.findIndex((weight) => (left -= weight) <= 0)] ?? pages[0]!;
  };
  const asked: Promise<unknown>[] = [];
  const start = performance.now();
  for (let count = 0; count < perSecond * SECONDS; count++) {
    const late = start + (count * 1000) / perSecond - performance.now();
    if (late > 0) await wait(late);
    asked.push(fetch(address + pick()).then((answer) => answer.arrayBuffer()));
  }
  await Promise.all(asked);
}
