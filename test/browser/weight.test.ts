/** Bytes on the wire, in brotli, as Chromium receives them. Deterministic: no times. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';

const kB = 1000;
const LIMITS = { firstView: 54 * kB, renderCritical: 18 * kB, script: 38 * kB, navigation: 6 * kB };

const site = inject('site');
let browser: Browser;
let longPost: string;

beforeAll(async () => {
  browser = await openBrowser();
  longPost = await findLongPost();
});
afterAll(() => browser.close());

/** The sample post with about 1,500 words. */
async function findLongPost(): Promise<string> {
  const list = (await (await fetch(`${site}/api/v1/posts`)).json()) as {
    items: { slug: string; url: string }[];
  };
  for (const { slug, url } of list.items) {
    const post = (await (await fetch(`${site}/api/v1/posts/${slug}`)).json()) as { html: string };
    const words = post.html.replaceAll(/<[^>]+>/g, ' ').split(/\s+/).length;
    if (words >= 1400) return url;
  }
  throw new Error('the sample content has no post of 1,400 words or more');
}

type Transfer = { url: string; type: string; bytes: number };

type ResponseEvent = {
  response: { url: string; headers: Record<string, string>; fromDiskCache?: boolean };
  type: string;
};

/** Everything a page loads, with the size of each body as it was sent. */
async function record(client: CDPSession, action: () => Promise<unknown>): Promise<Transfer[]> {
  const transfers: Transfer[] = [];
  const onResponse = ({ response: { url, headers, fromDiskCache }, type }: ResponseEvent): void => {
    // Chromium asks for the icon again at each navigation, and its own cache answers.
    if (url.startsWith('data:') || fromDiskCache) return;
    const header = (name: string): string | undefined =>
      Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
    // Chromium's own count of received data misses compressed bodies; the server names every length.
    const length = header('content-length');
    if (length === undefined) throw new Error(`${url} has no content-length`);
    transfers.push({ url, type, bytes: Number(length) });
  };
  client.on('Network.responseReceived', onResponse);
  await action();
  client.off('Network.responseReceived', onResponse);
  return transfers;
}

/** Opens a page with all of it: Chromium asks for the icon after everything else, and "networkidle" does not wait for that. */
async function open(page: Page, client: CDPSession, path: string): Promise<void> {
  const icon = new Promise<void>((done) => {
    client.on('Network.responseReceived', ({ response }) => {
      if (new URL(response.url).pathname === '/icon.svg') done();
    });
  });
  await page.goto(site + path, { waitUntil: 'networkidle' });
  await icon;
}

const sum = (transfers: Transfer[], ...types: string[]): number =>
  transfers
    .filter(({ type }) => types.length === 0 || types.includes(type))
    .reduce((total, { bytes }) => total + bytes, 0);

describe.each(['the home page', 'a post of 1,500 words'])('%s', (name) => {
  test('first view', async () => {
    const page = await browser.newPage();
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    await client.send('Network.setCacheDisabled', { cacheDisabled: true });
    const path = name === 'the home page' ? '/' : longPost;
    const transfers = await record(client, () => open(page, client, path));

    const weight = {
      firstView: sum(transfers),
      renderCritical: sum(transfers, 'Document', 'Stylesheet', 'Font'),
      script: sum(transfers, 'Script'),
    };
    console.log(`${name}: ${JSON.stringify(weight)}`);
    expect(weight.firstView).toBeGreaterThan(5 * kB); // it did count
    expect(weight.firstView).toBeLessThanOrEqual(LIMITS.firstView);
    expect(weight.renderCritical).toBeLessThanOrEqual(LIMITS.renderCritical);
    expect(weight.script).toBeLessThanOrEqual(LIMITS.script);
    expect(transfers.filter(({ url }) => !url.startsWith(site))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    await page.close();
  });
});

test('later navigation from the list to a post', async () => {
  const page = await browser.newPage();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  await open(page, client, '/posts');
  // The shortest way: no page was hovered before, so data and code of the post come now.
  const link = page.locator('main a[href^="/posts/"]').first();
  const all = await record(client, async () => {
    await link.click();
    await page.waitForURL(/\/posts\/./);
    await page.waitForLoadState('networkidle');
  });
  // Pictures come when they are near enough, and on a slow connection Chromium finds more of them near.
  const transfers = all.filter(({ type }) => type !== 'Image');
  expect(transfers.some(({ type }) => type === 'Document')).toBe(false);
  console.log(`navigation: ${sum(transfers)}`);
  expect(transfers.map(({ type }) => type)).toEqual(expect.arrayContaining(['Fetch', 'Script']));
  expect(sum(transfers), JSON.stringify(transfers)).toBeLessThanOrEqual(LIMITS.navigation);
  await page.close();
});
