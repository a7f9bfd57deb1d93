import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importFolder, makeVariant, mediaKey, variantKey } from '@homepage/site';
import { makeFolder, type TestFolder } from '@homepage/testkit';
import { openTestApp, type TestApp } from '../../test-app.ts';
import { MOST_FILES_AT_ONCE } from './routes.ts';

const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#468',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  });

let site: TestApp;
let folder: TestFolder;
beforeAll(async () => {
  site = await openTestApp({ pages: true });
  folder = makeFolder();
  const frames = await Promise.all([1, 2].map(() => noise(600, 40).png().toBuffer()));
  folder.write({
    'posts/pictures/index.md': [
      '---\ntitle: Pictures\ndate: 2026-01-01\ncover: { src: wide photo.jpg, alt: Wide }\n---',
      '![Wide](<wide photo.jpg>)\n\n![Tall](tall.jpg)\n\n![Moving](moving.gif)\n\n![Small](small.png)\n\n![Drawn](drawn.svg)',
    ].join('\n'),
    'posts/pictures/wide photo.jpg': await noise(2400, 1200).jpeg().toBuffer(),
    'posts/pictures/tall.jpg': await noise(800, 500).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'posts/pictures/moving.gif': await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
    'posts/pictures/small.png': await noise(300, 100).png().toBuffer(),
    'posts/pictures/drawn.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600"/>',
  });
  const report = await importFolder({ ...site.site, folder: folder.path, timeZone: 'UTC' });
  expect(report).toMatchObject({ created: 1, failed: 0 });
  site.documents.invalidate();
});
afterAll(async () => {
  await site.close();
  folder.remove();
});

/** Where visitors connect, for what a connection does. */
async function listening(): Promise<number> {
  if (!site.app.server.listening) await site.app.listen({ port: 0, host: '127.0.0.1' });
  return (site.app.server.address() as AddressInfo).port;
}

const read = (name: string): Buffer => readFileSync(join(folder.path, 'posts/pictures', name));
const get = (url: string, headers: Record<string, string> = {}) => site.app.inject({ url, headers });

async function hashOf(name: string): Promise<string> {
  const { hash } = await site.site.db
    .selectFrom('entry_media')
    .select('hash')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return hash;
}

test('pages name copies up to what screens show, the original last, and keep its room', async () => {
  const { body } = await get('/posts/pictures');
  const hash = await hashOf('wide photo.jpg');
  const copies = (format: string): string =>
    [480, 960, 1600].map((width) => `/media/${hash}/${width}/wide%20photo.${format} ${width}w`).join(', ');
  const picture = [
    '<picture>',
    ...['avif', 'webp'].map(
      (format) =>
        `<source type="image/${format}" srcset="${copies(format)}" sizes="(min-width: 37rem) 33rem, 100vw">`,
    ),
    `<img src="/media/${hash}/wide%20photo.jpg" alt="Wide" width="2400" height="1200" loading="lazy" decoding="async">`,
    '</picture>',
  ].join('');
  expect(body).toContain(picture);
  expect(body.match(/<picture>/g)).toHaveLength(3);
  const cover = /<figure[^>]*>(?:<!--.*?-->)*<picture>.*?<\/picture>/.exec(body)![0];
  expect(cover).toContain(`srcset="${copies('avif')}"`);
  expect(cover).toContain('class="u-photo');
  expect(cover).not.toContain('loading="lazy"');
});

test('what moves, what is drawn and what is small stays as it is', async () => {
  const { body } = await get('/posts/pictures');
  for (const name of ['moving.gif', 'drawn.svg', 'small.png']) {
    const hash = await hashOf(name);
    expect(body).not.toContain(`/media/${hash}/480/`);
    expect((await get(`/media/${hash}/480/x.avif`)).statusCode).toBe(404);
    const { statusCode, rawPayload } = await get(`/media/${hash}/${name}`);
    expect(statusCode).toBe(200);
    expect(rawPayload.equals(read(name))).toBe(true);
  }
});

test.each(['avif', 'webp'] as const)(
  'a copy in %s is as wide as it says, upright and smaller',
  async (format) => {
    const hash = await hashOf('tall.jpg');
    const { statusCode, headers, rawPayload } = await get(`/media/${hash}/480/tall.${format}`);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': `image/${format}`,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const { width, height } = await sharp(rawPayload).metadata();
    expect([width, height]).toEqual([480, 768]);
    expect(rawPayload.length).toBeLessThan(read('tall.jpg').length);
    const again = await get(`/media/${hash}/480/tall.${format}`, {
      'if-none-match': String(headers['etag']),
    });
    expect(again.statusCode).toBe(304);
  },
);

test('it is made once, also for many who ask at the same time', async () => {
  const hash = await hashOf('wide photo.jpg');
  const { storage } = site.site;
  const key = variantKey(hash, 480, 'webp');
  expect(await storage.has(key)).toBe(false);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(`/media/${hash}/480/a.webp`)));
  expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
  await storage.put(key, await makeVariant(await noise(480, 10).png().toBuffer(), 480, 'webp'));
  const { rawPayload } = await get(`/media/${hash}/480/a.webp`);
  expect((await sharp(rawPayload).metadata()).height).toBe(10);
});

test.each([
  '481/a.avif',
  '2400/a.avif',
  '480/a.jpg',
  '0480/a.avif',
  '999999999999/a.avif',
  '-480/a.avif',
  '480/a.exe',
])('%s is no copy of a picture', async (path) => {
  const { statusCode } = await get(`/media/${await hashOf('wide photo.jpg')}/${path}`);
  expect([400, 404]).toContain(statusCode);
});

test('a copy that cannot be made sends to the original for now', async () => {
  const hash = await hashOf('wide photo.jpg');
  const { storage } = site.site;
  await storage.put(mediaKey(hash), Buffer.from('no picture'));
  const { statusCode, headers } = await get(`/media/${hash}/1600/a.avif`);
  expect(statusCode).toBe(307);
  expect(headers).toMatchObject({ location: `/media/${hash}/a`, 'cache-control': 'no-store' });
  expect((await get(`/media/${'0'.repeat(64)}/480/a.avif`)).statusCode).toBe(404);
});

test('a part of a file is given when one is asked for; HEAD says that it may be', async () => {
  const url = `/media/${await hashOf('small.png')}/small.png`;
  const whole = read('small.png');
  const part = await get(url, { range: 'bytes=8-15' });
  expect([part.statusCode, part.headers['content-range'], part.headers['content-length']]).toEqual([
    206,
    `bytes 8-15/${whole.length}`,
    '8',
  ]);
  expect(part.rawPayload.equals(whole.subarray(8, 16))).toBe(true);
  const outside = await get(url, { range: `bytes=${whole.length}-` });
  expect([outside.statusCode, outside.headers['content-range']]).toEqual([416, `bytes */${whole.length}`]);
  const bomb = await get(url, { range: `bytes=${Array.from({ length: 500 }, () => '0-').join(',')}` });
  expect([bomb.statusCode, bomb.rawPayload.length]).toEqual([200, whole.length]);
  const head = await site.app.inject({ method: 'HEAD', url });
  expect([head.statusCode, head.headers['accept-ranges'], head.rawPayload.length]).toEqual([200, 'bytes', 0]);
});

test('who has read a file, or left, makes room for the next', async () => {
  const path = `/media/${await hashOf('small.png')}/small.png`;
  for (let times = 0; times <= MOST_FILES_AT_ONCE; times++) expect((await get(path)).statusCode).toBe(200);
  const left = `/media/${'0'.repeat(64)}/gone.png`;
  for (let times = 0; times <= MOST_FILES_AT_ONCE; times++) expect((await get(left)).statusCode).toBe(404);
  expect((await get(path)).statusCode).toBe(200);
});

test('visitors who leave before their picture comes take no place from others', async () => {
  const port = await listening();
  const hash = /\/media\/([0-9a-f]{64})\/small\.png/.exec((await get('/posts/pictures')).body)![1]!;
  const address = `/media/${hash}/small.png`;
  for (let number = 0; number < 3 * MOST_FILES_AT_ONCE; number++) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${address} HTTP/1.1\r\nHost: x\r\n\r\n`);
    // Some are still there when the database answers, others are not.
    setTimeout(() => socket.destroy(), number % 4);
  }
  await expect.poll(async () => (await get(address)).statusCode).toBe(200);
});
