import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../../test-app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await openTestApp({ pages: true });
  await site.post('hello', { title: 'Hello' });
  await site.post('hidden', { status: 'draft' });
  await site.post('later', { publishedAt: new Date('2999-01-01') });
});
afterAll(() => site.close());

const get = (url: string, headers: Record<string, string> = {}) => site.app.inject({ url, headers });
async function picture(url: string): Promise<Buffer> {
  const { rawPayload, statusCode } = await get(url);
  expect(statusCode).toBe(200);
  expect(rawPayload.subarray(1, 4).toString()).toBe('PNG');
  expect([rawPayload.readUInt32BE(16), rawPayload.readUInt32BE(20)]).toEqual([1200, 630]);
  return rawPayload;
}

test('a post has a picture with its title, sent as it is and kept by its tag', async () => {
  await picture('/og/posts/hello.png');
  const { headers } = await get('/og/posts/hello.png', { 'accept-encoding': 'br' });
  expect(headers).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' });
  expect(headers['content-encoding']).toBeUndefined();
  const again = await get('/og/posts/hello.png', { 'if-none-match': String(headers['etag']) });
  expect(again.statusCode).toBe(304);
});

test('the page names it, with its size', async () => {
  const { body } = await get('/posts/hello');
  expect(body).toContain('<meta property="og:image" content="http://site.test/og/posts/hello.png">');
  expect(body).toContain('<meta property="og:image:width" content="1200">');
  expect(body).toContain('<meta name="twitter:card" content="summary_large_image">');
  expect((await get('/posts')).body).toContain('content="http://site.test/og/site.png"');
  await picture('/og/site.png');
});

test.each(['hidden', 'later', 'never', '%00', 'hello/x'])('/og/posts/%s.png is none', async (slug) => {
  const { statusCode } = await get(`/og/posts/${slug}.png`);
  expect(statusCode).toBeGreaterThanOrEqual(400);
  expect(statusCode).toBeLessThan(500);
});

test('another title is another picture; a change elsewhere is none', async () => {
  const before = await picture('/og/posts/hello.png');
  await site.post('other');
  expect((await picture('/og/posts/hello.png')).equals(before)).toBe(true);
  await site.post('hello', { title: 'Goodbye' });
  expect((await picture('/og/posts/hello.png')).equals(before)).toBe(false);
});

test.each([
  ['right to left', 'שלום עולם (abc) 123'],
  ['Arabic', 'مرحبا بالعالم'],
  ['Japanese', '日本語のタイトル'],
  ['Chinese', '中文标题示例'],
  ['Korean', '한국어 제목'],
  ['Hindi', 'हिन्दी शीर्षक'],
  ['Thai', 'ชื่อเรื่อง'],
  ['Greek and Cyrillic', 'Ελληνικά и русский'],
  ['emoji', '🛶 🚀 👩‍💻'],
  ['markup', '<b>&amp;</b> "quotes" \u0007'],
  ['300 letters in one word', 'W'.repeat(300)],
  ['60 words', 'word '.repeat(60).trim()],
])('%s', async (name, title) => {
  const slug = `title-${name.replaceAll(/\W/g, '')}`;
  await site.post(slug, { title, publishedAt: new Date('2026-01-01') });
  const drawn = await picture(`/og/posts/${slug}.png`);
  // The same number of letters that no font has: what is drawn here are letters, not boxes.
  await site.post('boxes', {
    title: title.replaceAll(/[^\s]/gu, '\u{1D2E0}'),
    publishedAt: new Date('2026-01-01'),
  });
  expect(drawn.equals(await picture('/og/posts/boxes.png'))).toBe(false);
});
