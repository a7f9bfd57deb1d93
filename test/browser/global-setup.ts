/** Two sites for the browser tests: one with the sample content, one that is empty; embedded, or the whole platform. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runHomepage, startSite, type CommandResult } from '@homepage/testkit';
import { startPlatform } from '@homepage/testkit/platform-shape';
import { REMOVED } from './routes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    site: string;
    emptySite: string;
    /** path of a link to a draft of the first one */
    draft: string;
  }
}

/** So that there is an address that answers 410. */
function writeRemoval(content: string): string {
  mkdirSync(content);
  writeFileSync(join(content, 'redirects.yaml'), `${REMOVED}: gone\n`);
  // An import takes nothing from a folder without a text.
  writeFileSync(join(content, 'draft.md'), '---\ntitle: Draft\ndraft: true\n---\n\n## Not yet\n\nA text.\n');
  return content;
}

async function linkToDraft(link: Promise<CommandResult>): Promise<string> {
  const { code, stdout, stderr } = await link;
  if (code !== 0) throw new Error(stderr);
  return new URL((JSON.parse(stdout) as { url: string }).url).pathname;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return project.name === 'browser on the platform' ? onPlatform(project) : embedded(project);
}

async function onPlatform(project: TestProject): Promise<() => Promise<void>> {
  const [sample, empty] = await Promise.all([
    startPlatform({ replicas: 2 }),
    startPlatform({ replicas: 1, sample: false }),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'homepage-browser-'));
  const { code, stderr } = await sample.homepage(['import', writeRemoval(join(folder, 'content'))]);
  if (code !== 0) throw new Error(stderr);
  project.provide('site', sample.address);
  project.provide('emptySite', empty.address);
  project.provide('draft', await linkToDraft(sample.homepage(['preview', 'draft', '--json'])));
  return async () => {
    await Promise.all([sample.stop(), empty.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}

async function embedded(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-browser-'));
  const [sample, empty] = await Promise.all([
    startSite({ dataDir: join(folder, 'sample') }),
    startSite({ dataDir: join(folder, 'empty'), empty: true }),
  ]);
  const content = writeRemoval(join(folder, 'content'));
  const { code, stderr } = await runHomepage(['import', content], join(folder, 'sample'));
  if (code !== 0) throw new Error(stderr);
  project.provide('site', sample.address);
  project.provide('emptySite', empty.address);
  const link = runHomepage(['preview', 'draft', '--json'], join(folder, 'sample'));
  project.provide('draft', await linkToDraft(link));
  return async () => {
    await Promise.all([sample.stop(), empty.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}
