/** Two sites for the browser tests: one with the sample content, one that is empty. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runHomepage, startSite } from '@homepage/testkit';
import { REMOVED } from './routes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    site: string;
    emptySite: string;
  }
}

/** So that there is an address that answers 410. */
async function removePage(content: string, dataDir: string): Promise<void> {
  mkdirSync(content);
  writeFileSync(join(content, 'redirects.yaml'), `${REMOVED}: gone\n`);
  // An import takes nothing from a folder without a text.
  writeFileSync(join(content, 'draft.md'), '---\ntitle: Draft\ndraft: true\n---\n');
  const { code, stderr } = await runHomepage(['import', content], dataDir);
  if (code !== 0) throw new Error(stderr);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-browser-'));
  const sample = await startSite({ dataDir: join(folder, 'sample') });
  await removePage(join(folder, 'content'), join(folder, 'sample'));
  const empty = await startSite({ dataDir: join(folder, 'empty'), empty: true });
  project.provide('site', sample.address);
  project.provide('emptySite', empty.address);
  return async () => {
    await Promise.all([sample.stop(), empty.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}
