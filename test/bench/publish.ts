/** How long a published change takes until it is seen: by each replica, and through nginx, in every form. */
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@homepage/platform';
import { saveEntry, type Tables } from '@homepage/site';
import { makeEntry } from '@homepage/testkit';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { measured, type Bench } from './row.ts';

const ROUNDS = 30;
const GOALS = { 'on a replica': 1000, 'through nginx': 4000 };
type Place = keyof typeof GOALS;
/** Address → whether it shows the round already. */
const FORMS: Record<string, (round: number) => string> = {
  '/posts': (round) => `Round ${round}<`,
  '/posts/bench': (round) => `text of round ${round}.`,
  '/atom.xml': (round) => `<title>Round ${round}</title>`,
  '/sitemap.xml': (round) => new Date(Date.UTC(2026, 0, 1, 0, 0, round)).toISOString().slice(0, 19),
  '/search?q=benchmark': (round) => `text of round ${round}.`,
};

export const publish: Bench = {
  how: `One post is saved ${ROUNDS} times, as a command beside the site does; each replica and nginx are asked every 15 ms in every form that shows it, until they do. The slowest round counts. Old copies of all of them are kept before each round.`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({ onProgress: (what) => console.error(`starting ${what} …`) });
    try {
      const save = await openSaver(platform);
      const times: Record<string, number[]> = {};
      console.error(`publishing ${ROUNDS} times …`);
      for (let round = 0; round < ROUNDS; round++) {
        await save(round);
        const start = performance.now();
        const seen = async (place: Place, address: string, path: string): Promise<void> => {
          while (!(await (await platform.fetch(address + path)).text()).includes(FORMS[path]!(round))) {
            if (performance.now() - start > 20_000) throw new Error(`${path} never showed round ${round}`);
            await wait(15);
          }
          if (round > 0) (times[`${place}, ${path}`] ??= []).push(performance.now() - start);
        };
        await Promise.all(
          Object.keys(FORMS).flatMap((path) => [
            ...platform.replicas.map(({ address }) => seen('on a replica', address, path)),
            seen('through nginx', platform.address, path),
          ]),
        );
      }
      await save.close();
      return Object.entries(times).map(([where, values]) => {
        const name = `published → seen ${where}`;
        return measured({ name, unit: 'ms' }, Math.max(...values), {
          most: GOALS[where.split(',')[0] as Place],
        });
      });
    } finally {
      await platform.stop();
    }
  },
};

/** Saves one post again and again, as another process of the application does. */
async function openSaver({ authority, postgresql }: Platform) {
  const bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
  const database = await openDatabase<Tables>({
    server: {
      ...postgresql.connection('homepage_app'),
      tls: { cert: bundle['tls.crt'], key: bundle['tls.key'], ca: bundle['ca.crt'] },
    },
    dataDir: '/nowhere',
    command: 'npm run bench',
    mode: 'share',
  });
  const save = async (round: number): Promise<void> => {
    await saveEntry(
      database.db,
      makeEntry({
        slug: 'bench',
        title: `Round ${round}`,
        markdown: `A benchmark: the text of round ${round}.\n`,
        publishedAt: new Date(Date.UTC(2026, 0, 1)),
        updatedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, round)),
      }),
    );
  };
  return Object.assign(save, { close: () => database.close() });
}
