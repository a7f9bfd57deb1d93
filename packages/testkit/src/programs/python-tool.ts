/** Installs a program that PyPI has as a wheel, pinned by version and hash, once for each pin. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toolsFolder } from './go-tool.ts';

const repository = resolve(import.meta.dirname, '../../../..');

export type PythonTool = { tool: string };

const pins = (tool: string): string => join(repository, 'tools', tool, 'requirements.txt');

/** Named by its pins: another version is another file. */
export function pythonToolFile({ tool }: PythonTool): string {
  const key = createHash('sha256')
    .update(readFileSync(pins(tool)))
    .digest('hex')
    .slice(0, 12);
  return join(toolsFolder(), `${tool}-${key}`);
}

/** Without root, and without touching what Python has: only the program is kept. */
export function installPythonTool(source: PythonTool): boolean {
  const file = pythonToolFile(source);
  if (existsSync(file)) return true;
  mkdirSync(toolsFolder(), { recursive: true });
  const work = mkdtempSync(join(toolsFolder(), 'installing-'));
  try {
    const options = [
      '--quiet',
      '--root-user-action=ignore',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '--target',
      work,
    ];
    const pip = ['-m', 'pip', 'install', ...options, '--requirement', pins(source.tool)];
    const { status } = spawnSync('python3', pip, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return false;
    renameSync(join(work, 'bin', source.tool), file);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
