import type axeCore from 'axe-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { openBrowser } from '@homepage/testkit/browser';
import { render } from './index.ts';
import { kitchenSink } from './testing/kitchen-sink.ts';

it('axe finds nothing wrong in a text that uses everything', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const { html } = await render(kitchenSink);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.route('**/*', (route) => route.abort());
    await page.setContent(
      `<!doctype html><html lang="en"><head><title>Page</title></head><body><main><h1>Page</h1>${html}</main></body></html>`,
    );
    await page.addScriptTag({ content: axe });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof axeCore };
      const { violations } = await axe.run(document);
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
    });
    expect(found).toEqual([]);
  } finally {
    await browser.close();
  }
}, 60_000);
