/** For tests of the commands: folders of Markdown, and JSON that must stand alone. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHomepage, type CommandResult } from '@homepage/testkit';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'homepage-ops-'));

export function writeFiles(folder: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export const post = (title: string): string =>
  `---\ntitle: ${title}\ndate: 2026-01-02\n---\n\nAbout ${title}.\n`;

/** Runs with --json; fails when stdout is anything but one JSON value. */
export async function runJson<Json>(
  args: string[],
  dataDir: string,
  env?: Record<string, string>,
): Promise<CommandResult & { json: Json }> {
  const result = await runHomepage([...args, '--json'], dataDir, env);
  try {
    return { ...result, json: JSON.parse(result.stdout) as Json };
  } catch {
    throw new Error(`stdout is not JSON: ${result.stdout}\nstderr: ${result.stderr}`);
  }
}
