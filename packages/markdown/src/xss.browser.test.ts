import { expect, it } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';
import { render } from './index.ts';
import { payloads } from './testing/xss-payloads.ts';

it('nothing runs in a real browser, without any policy to help', async () => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.route('**/*', (route) => route.abort());
    const ran: string[] = [];
    let current = '';
    await page.exposeFunction('pwn', () => void ran.push(current));
    page.on('dialog', (dialog) => void dialog.dismiss());

    // The trap itself works.
    current = 'the trap';
    await page.setContent('<img src=x onerror="pwn()">');
    await expect.poll(() => ran).toEqual(['the trap']);
    ran.length = 0;

    for (const payload of payloads) {
      current = payload;
      const { html } = await render(payload);
      await page.setContent(`<!doctype html><main>${html}</main>`, { waitUntil: 'domcontentloaded' });
      await page.evaluate(async () => {
        for (const element of document.querySelectorAll<HTMLElement>('main *')) {
          for (const name of ['mouseover', 'focus', 'click', 'toggle', 'error', 'load'])
            element.dispatchEvent(new Event(name));
        }
        // What runs later than the events: images that fail to load, and addresses that are opened.
        for (const link of document.querySelectorAll('a')) if (link.protocol === 'javascript:') link.click();
        await new Promise((done) => setTimeout(done, 5));
      });
    }
    expect(ran).toEqual([]);
  } finally {
    await browser.close();
  }
}, 120_000);
