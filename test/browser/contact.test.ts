/** Writing to the owner as a visitor does, with and without script, in both themes, on a phone and on a desk. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, startSite, type RunningSite, type TestFolder } from '@homepage/testkit';
import { openBrowser } from '@homepage/testkit/browser';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

let browser: Browser;
let folder: TestFolder;
let site: RunningSite;
beforeAll(async () => {
  browser = await openBrowser();
  folder = makeFolder();
  // A site of its own, where every visitor comes through a proxy: the limit counts their addresses apart.
  site = await startSite({ dataDir: folder.path, empty: true, env: { TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(async () => {
  await browser.close();
  await site.stop();
  folder.remove();
});

let visitors = 0;
async function visit(
  options: { script?: boolean; colorScheme?: 'light' | 'dark'; phone?: boolean } = {},
): Promise<Page> {
  const { script = true, colorScheme = 'light', phone = false } = options;
  const context = await browser.newContext({
    javaScriptEnabled: script,
    colorScheme,
    bypassCSP: true,
    extraHTTPHeaders: { 'x-forwarded-for': `192.0.2.${++visitors}` },
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  await page.goto(`${site.address}/contact`, { waitUntil: 'networkidle' });
  return page;
}

async function fill(page: Page, fields: { name?: string; email?: string; message?: string }): Promise<void> {
  if (fields.name !== undefined) await page.getByLabel('Your name').fill(fields.name);
  if (fields.email !== undefined) await page.getByLabel('Your e-mail address').fill(fields.email);
  if (fields.message !== undefined) await page.getByLabel('Your message').fill(fields.message);
}
const send = (page: Page): Promise<void> => page.getByRole('button', { name: 'Send the message' }).click();

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // @ts-expect-error axe is a global of the page after the line above
    const { violations: found } = (await axe.run(document)) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe.each([true, false])('with script: %s', (script) => {
  test('a message is sent, and the visitor is told', async () => {
    const page = await visit({ script });
    await fill(page, { name: 'Ada', email: 'ada@example.dev', message: 'Hello\n\nthere' });
    await send(page);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/contact/sent');
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  test('a mistake is shown at its field, and every word is still there', async () => {
    const page = await visit({ script });
    // Blanks pass the browser's own checks.
    await fill(page, { name: '  ', email: '', message: 'Hello, “you”' });
    await send(page);
    const name = page.getByLabel('Your name');
    await page.locator('#name[aria-invalid=true]').waitFor();
    const described = await name.getAttribute('aria-describedby');
    expect(await page.locator(`#${described}`).innerText()).toContain('I need a name');
    expect(await page.getByRole('alert').innerText()).toContain('Not sent yet');
    expect(await page.getByLabel('Your message').inputValue()).toBe('Hello, “you”');
    if (script) expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
    await fill(page, { name: 'Ada' });
    await send(page);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await page.context().close();
  });
});

test('while it is being sent the button says so, and a second click sends nothing', async () => {
  const page = await visit();
  const held: (() => Promise<void>)[] = [];
  await page.route('**/api/v1/contact', (route) => void held.push(() => route.continue()));
  await fill(page, { name: 'Ada', message: 'Hello' });
  await send(page);
  const button = page.getByRole('button', { name: 'Sending …' });
  await button.waitFor();
  expect(await page.locator('form').getByRole('status').innerText()).toBe('Sending …');
  await button.click({ force: true });
  expect(held).toHaveLength(1);
  await held[0]!();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await page.context().close();
});

test('without a connection the words stay, and it can be sent again', async () => {
  const page = await visit();
  await fill(page, { name: 'Ada', message: 'Hello' });
  await page.context().setOffline(true);
  await send(page);
  await page.getByText('the site could not be reached').waitFor();
  expect(await page.getByLabel('Your message').inputValue()).toBe('Hello');
  await page.context().setOffline(false);
  await send(page);
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await page.context().close();
});

test('what was typed before the script came is not lost', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  let released = false;
  const held: (() => Promise<void>)[] = [];
  await page.route('**/*.js', (route) =>
    released ? route.continue() : void held.push(() => route.continue()),
  );
  await page.goto(`${site.address}/contact`, { waitUntil: 'commit' });
  await fill(page, { name: 'Early Ada', message: 'Early words' });
  for (const release of held) await release();
  released = true;
  await page.waitForLoadState('networkidle');
  expect(await page.getByLabel('Your name').inputValue()).toBe('Early Ada');
  expect(await page.getByLabel('Your message').inputValue()).toBe('Early words');
  await context.close();
});

describe.each(['light', 'dark'] as const)('in the %s theme axe finds nothing', (colorScheme) => {
  test.each([true, false])('on a phone: %s', async (phone) => {
    const page = await visit({ colorScheme, phone });
    expect(await violations(page)).toEqual([]);
    await fill(page, { name: ' ', message: 'Hello' });
    await send(page);
    await page.locator('[aria-invalid=true]').waitFor();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await fill(page, { name: 'Ada' });
    await send(page);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });
});

test('the keyboard alone is enough, and never meets the trap', async () => {
  const page = await visit();
  await page.getByLabel('Your name').focus();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Hello');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await page.context().close();
});
