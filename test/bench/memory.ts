/** What an API process holds in memory after a minute of everything that visitors do. */
import autocannon from 'autocannon';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { pin } from './cores.ts';
import { measured, type Bench } from './row.ts';

const SECONDS = 60;
/** Fewer than a process makes and lets wait: what is refused costs no memory. */
const CONNECTIONS = 12;
/** In the order that each connection asks; of pictures it takes the pages' own. */
const PATHS = [
  ...['/', '/posts', '/tags', '/archive', '/about', '/projects', '/search?q=river', '/search?q=how+i'],
  ...['/atom.xml', '/feed.json', '/sitemap.xml', '/posts/__data.json', '/contact', '/platform', '/missing'],
  ...['/api/v1/posts', '/api/v1/posts?limit=2', '/api/v1/tags', '/api/v1/search?q=write', '/api/v1/site'],
  '/api/openapi.json',
];

const WHY =
  'about 150 MB are there before the first request: 65 MB are pages of the Node program itself, 60 MB the heap with the loaded code. Under load the C library keeps what libvips and the compression freed.';

export const memory: Bench = {
  how: `Resident memory of one API process on PostgreSQL, Valkey and MinIO, read from its /metrics after ${SECONDS} s in which ${CONNECTIONS} connections ask, one after the other and past nginx, for pages, every post, feeds, searches, data for navigation, the JSON API, pictures with their smaller copies, and link previews.`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({
      replicas: 1,
      onProgress: (what) => console.error(`starting ${what} …`),
    });
    try {
      const replica = platform.replicas[0]!;
      pin(replica.process.pid);
      const idle = await residentMegabytes(platform);
      const paths = [...PATHS, ...(await postsAndPictures(platform))];
      console.error(`asking for ${paths.length} addresses during ${SECONDS} s …`);
      const client = await platform.authority.issue({ name: 'homepage-frontend', purpose: 'client' });
      const result = await autocannon({
        url: replica.address,
        connections: CONNECTIONS,
        duration: SECONDS,
        requests: paths.map((path) => ({
          path,
          headers: { 'accept-encoding': 'br', accept: 'text/html,image/avif' },
        })),
        tlsOptions: { cert: client['tls.crt'], key: client['tls.key'], ca: client['ca.crt'] },
      });
      const { '5xx': failed } = result;
      if (failed + result.errors > 0) throw new Error(`${failed} requests failed, ${result.errors} errors`);
      console.error(
        `${result.requests.total} requests, ${idle.toFixed(0)} MB before; ${await parts(platform)}`,
      );
      const name = 'resident memory of an API process after a minute of mixed load';
      return [measured({ name, unit: 'MB', why: WHY }, await residentMegabytes(platform), { most: 150 })];
    } finally {
      await platform.stop();
    }
  },
};

const residentMegabytes = (platform: Platform): Promise<number> =>
  megabytes(platform, 'process_resident_memory_bytes');

async function megabytes({ replicas }: Platform, name: string): Promise<number> {
  const metrics = await (await fetch(`${replicas[0]!.opsAddress}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)![1]) / 1e6;
}

/** What of it is whose: the rest is the program itself and what the C library keeps. */
async function parts(platform: Platform): Promise<string> {
  const of = async (name: string): Promise<string> =>
    `${name} ${(await megabytes(platform, `nodejs_${name}_bytes`)).toFixed(0)} MB`;
  return (await Promise.all(['heap_size_total', 'heap_size_used', 'external_memory'].map(of))).join(', ');
}

/** Every post of the sample, with its data, its preview and what its pictures link to. */
async function postsAndPictures({ replicas, fetch }: Platform): Promise<string[]> {
  const { address } = replicas[0]!;
  const text = async (path: string): Promise<string> => (await fetch(address + path)).text();
  const { items } = JSON.parse(await text('/api/v1/posts')) as { items: { url: string }[] };
  const found = new Set<string>();
  for (const { url } of items) {
    for (const path of [url, `${url}/__data.json`, `/og${url}.png`, `/api/v1${url}`]) found.add(path);
    for (const [picture] of (await text(url)).matchAll(/\/media\/[^"'\s,]+/g)) found.add(picture);
  }
  return [...found];
}
