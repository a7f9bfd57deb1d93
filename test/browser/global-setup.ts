/** Two sites for the browser tests: one with the sample content, one that is empty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSite } from '@homepage/testkit';

declare module 'vitest' {
  export interface ProvidedContext {
    site: string;
    emptySite: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-browser-'));
  const sample = await startSite({ dataDir: join(folder, 'sample') });
  const empty = await startSite({ dataDir: join(folder, 'empty'), empty: true });
  project.provide('site', sample.address);
  project.provide('emptySite', empty.address);
  return async () => {
    await Promise.all([sample.stop(), empty.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}
