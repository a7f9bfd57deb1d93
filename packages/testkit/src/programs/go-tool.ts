/** Builds a Go tool that tools/<name>/go.mod pins, once for each version of it and of Go. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../../..');

/** @property tags of Go's build, e.g. "minimal" */
export type GoTool = { tool: string; package: string; tags?: string };

/** Where programs that were built here are kept: outside the repository, so that every clone shares them. */
export function toolsFolder(): string {
  return resolve(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'homepage/tools');
}

/** Go of 1.26 or newer on PATH: its version, e.g. "go1.26.8". */
export function goVersion(): string | undefined {
  const result = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const version = result.status === 0 ? result.stdout.trim() : '';
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || Number(minor) >= 26 ? version : undefined;
}

/** Named by what went into it: another version of the tool or of Go is another file. */
export function goToolFile({ tool, tags = '' }: GoTool): string {
  const pinned = readFileSync(join(repository, 'tools', tool, 'go.sum'));
  const key = createHash('sha256').update(pinned).update(tags).digest('hex').slice(0, 12);
  return join(toolsFolder(), `${tool}-${key}`);
}

/**
 * Downloads, builds, and keeps the stripped binary alone: Go's own caches grow to tens of gigabytes.
 * @param say called with a line of progress now and then
 */
export async function buildGoTool(source: GoTool, say: (line: string) => void): Promise<boolean> {
  const file = goToolFile(source);
  if (existsSync(file)) return true;
  const parent = toolsFolder();
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, 'building-'));
  const start = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - start) / 1000)} s`;
  const timer = setInterval(() => say(`still building ${source.tool} (${elapsed()}) …`), 30_000);
  try {
    const child = spawn(
      'go',
      [
        'build',
        ...['-trimpath', '-modcacherw', '-ldflags=-s -w', `-tags=${source.tags ?? ''}`],
        ...['-o', join(work, source.tool), source.package],
      ],
      {
        cwd: join(repository, 'tools', source.tool),
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          GOPATH: join(work, 'path'),
          GOCACHE: join(work, 'cache'),
          GOFLAGS: `${process.env['GOFLAGS'] ?? ''} -mod=readonly`.trim(),
          CGO_ENABLED: '0',
        },
      },
    );
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) return false;
    renameSync(join(work, source.tool), file);
    say(`built ${source.tool} in ${elapsed()}`);
    return true;
  } finally {
    clearInterval(timer);
    rmSync(work, { recursive: true, force: true });
  }
}
