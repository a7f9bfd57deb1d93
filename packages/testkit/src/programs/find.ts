import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Problem } from '@homepage/platform';
import { programs, type ProgramName, type ProgramSource } from './programs.ts';
import { goToolFile } from './go-tool.ts';
import { pythonToolFile } from './python-tool.ts';

/** Path of a program that is there already; undefined when it is not, or lacks what we need of it. */
export function findProgram(name: ProgramName): string | undefined {
  const source: ProgramSource = programs[name];
  if (source.needs && !fileOfNeeds(name)) return undefined;
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const folders = [...source.folders.flatMap(expand), ...onPath];
  const candidates = folders.map((folder) => join(folder, source.command));
  if (source.go) candidates.push(goToolFile(source.go));
  if (source.python) candidates.push(pythonToolFile(source.python));
  return candidates.find((path) => existsSync(path));
}

/** True when a test cannot run here: it is skipped, which is a failure with CI=true. */
export function missing(...names: ProgramName[]): boolean {
  return names.some((name) => findProgram(name) === undefined);
}

/** @throws Problem PROGRAM_MISSING with the way to get it */
export function requireProgram(name: ProgramName): string {
  const found = findProgram(name);
  if (found) return found;
  throw new Problem('PROGRAM_MISSING', `There is no ${name} on this machine.`, {
    fix: `Run "npm run programs -- ${name}". Or: ${programs[name].byHand}`,
  });
}

/** The file that a program needs beside itself, such as a module. */
export function fileOfNeeds(name: ProgramName): string | undefined {
  const { needs }: ProgramSource = programs[name];
  return needs?.folders.map((folder) => join(folder, needs.file)).find((path) => existsSync(path));
}

/** "/a/*\/b" → every "/a/x/b" that is there, the highest version first. */
function expand(pattern: string): string[] {
  if (!pattern.includes('*')) return [pattern];
  const parts = pattern.split('/');
  const at = parts.findIndex((part) => part.includes('*'));
  const parent = parts.slice(0, at).join('/');
  const [before = '', after = ''] = parts[at]!.split('*');
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((folder) => folder.startsWith(before) && folder.endsWith(after))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((folder) => join(parent, folder, ...parts.slice(at + 1)));
}
