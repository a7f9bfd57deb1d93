/** What a visitor does, with and without JavaScript. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { HtmlValidate } from 'html-validate';
import { openBrowser } from '@homepage/testkit/browser';
import { findRoutes, REMOVED } from './routes.ts';

const site = inject('site');
const { indexable, unlisted, errors } = await findRoutes(site, inject('draft'));

let browser: Browser;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(() => browser.close());

describe('every page', () => {
  /** One for all of them: a new one each would be a new process each. */
  let page: Page;
  let withoutScript: Page;
  let complaints: string[];
  beforeAll(async () => {
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    withoutScript = await browser.newPage({ javaScriptEnabled: false });
  });
  beforeEach(async () => {
    // What the page before still asked for ends here.
    await page.goto('about:blank');
    complaints = [];
  });
  afterEach(() => expect(complaints).toEqual([]));
  afterAll(() => Promise.all([page.close(), withoutScript.close()]));

  test.each(indexable)(
    '%s has a title, one heading, a canonical address, and nothing complains',
    async (path) => {
      const response = await page.goto(site + path, { waitUntil: 'networkidle' });
      expect(response?.status()).toBe(200);
      expect(await page.title()).not.toBe('');
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('link[rel=canonical]').getAttribute('href')).toBe(new URL(path, site).href);
      expect(await page.locator('meta[name=description]').getAttribute('content')).not.toBe('');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      for (const data of await page.locator('script[type="application/ld+json"]').allTextContents()) {
        expect((JSON.parse(data) as { '@context': string })['@context']).toBe('https://schema.org');
      }
    },
  );

  test.each([...indexable, inject('draft')])('%s is readable without JavaScript', async (path) => {
    await withoutScript.goto(site + path);
    expect((await withoutScript.locator('main').innerText()).length).toBeGreaterThan(40);
    const buttons = withoutScript.locator('button:not([type=submit]):visible');
    expect(await buttons.count(), 'buttons that do nothing').toBe(0);
  });

  test.each([...indexable, ...unlisted, ...errors])('%s is valid HTML', async (path) => {
    const html = await (await fetch(site + path)).text();
    const report = await validator.validateString(html);
    const messages = report.results.flatMap((result) =>
      result.messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
    );
    expect(messages).toEqual([]);
  });
});

/** Style of writing HTML, not validity; SvelteKit and Svelte write these. */
const htmlRules = {
  'void-style': 'off',
  'no-trailing-whitespace': 'off',
  'attr-quotes': 'off',
  'doctype-style': 'off',
  'long-title': 'off',
  'no-inline-style': 'error',
} as const;
const validator = new HtmlValidate({ extends: ['html-validate:standard'], rules: htmlRules });

describe('errors', () => {
  test.each(errors)('%s answers with its status and ways to go on', async (path) => {
    const page = await browser.newPage();
    const response = await page.goto(site + path);
    expect(response?.status()).toBe(path === REMOVED ? 410 : 404);
    expect(await page.locator('main a[href^="/posts/"]').count()).toBeGreaterThan(0);
    expect(await page.locator('meta[name=robots]').getAttribute('content')).toContain('noindex');
    await page.close();
  });
});

describe('client-side routing', () => {
  test('a link changes the page without loading a document again', async () => {
    const page = await browser.newPage();
    await page.goto(`${site}/posts`, { waitUntil: 'networkidle' });
    await page.evaluate(() => Object.assign(window, { stillHere: true }));
    const title = await page.locator('main a[href^="/posts/"]').first().innerText();
    await page.locator('main a[href^="/posts/"]').first().click();
    await page.waitForURL(/\/posts\/./);
    await page.locator('h1', { hasText: title }).waitFor();
    expect(await page.evaluate(() => 'stillHere' in window)).toBe(true);
    await page.goBack();
    await page.waitForURL(/\/posts$/);
    expect(await page.evaluate(() => 'stillHere' in window)).toBe(true);
    await page.close();
  });

  test('without JavaScript the same link loads the page', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${site}/posts`);
    await page.locator('main a[href^="/posts/"]').first().click();
    await page.waitForURL(/\/posts\/./);
    expect(await page.locator('h1').count()).toBe(1);
    await context.close();
  });
});

describe('the theme', () => {
  test('follows the system, can be chosen, and the choice is there before anything is painted', async () => {
    const context = await browser.newContext({ colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(site, { waitUntil: 'networkidle' });
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await expect.poll(background).not.toBe(light);
    // Styles and scripts of the app are held back: only what the document itself does counts.
    await page.route('**/*.js', (route) => route.abort());
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    expect(await background()).not.toBe(light);
    await context.close();
  });

  test('of a system that is dark is dark, without a choice', async () => {
    const backgrounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, javaScriptEnabled: false });
      await page.goto(site);
      backgrounds.push(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
      await page.close();
    }
    expect(backgrounds[1]).not.toBe(backgrounds[0]);
  });
});

test('the copy button copies the code as it is after a marked change', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  await page.goto(`${site}/posts/how-i-write-here`, { waitUntil: 'networkidle' });
  const block = page.locator('figure.code.diff').first();
  await block.getByRole('button', { name: 'Copy' }).click();
  await block.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(await block.locator('.line.added').first().innerText());
  expect(copied).not.toContain(await block.locator('.line.removed').first().innerText());
  await context.close();
});

describe('the keyboard', () => {
  test('the first stop is the way to the content, and it goes there', async () => {
    const page = await browser.newPage();
    await page.goto(site, { waitUntil: 'networkidle' });
    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    expect(first).toMatch(/^#/);
    expect(await page.locator(first!).count()).toBe(1);
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).hash).toBe(first);
    await page.close();
  });

  test('every stop on a post can be seen', async () => {
    const page = await browser.newPage();
    const post = indexable.find((route) => route.startsWith('/posts/'))!;
    await page.goto(site + post, { waitUntil: 'networkidle' });
    for (let stop = 0; stop < 25; stop++) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const element = document.activeElement!;
        if (element === document.body) return true;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        return box.width > 0 && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
      });
      expect(seen, await page.evaluate(() => document.activeElement!.outerHTML.slice(0, 200))).toBe(true);
    }
    await page.close();
  });
});

describe('/platform', () => {
  test('shows what the running system says, and follows it', async () => {
    const page = await browser.newPage();
    await page.goto(`${site}/platform`, { waitUntil: 'networkidle' });
    const text = await page.locator('main').innerText();
    const status = (await (await fetch(`${site}/api/v1/platform`)).json()) as {
      version: string;
      database: { version: string };
    };
    expect(text).toContain(status.version);
    expect(text).toContain(status.database.version);
    await page.waitForResponse((response) => response.url().endsWith('/api/v1/platform'), {
      timeout: 45_000,
    });
    await page.close();
  });
});
