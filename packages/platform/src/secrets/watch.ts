/**
 * Tells when secret files changed, however they are written: Kubernetes swaps a link to a folder, Vault's agent renames
 * files, people copy one after the other. Files are read, not asked for their times: a folder that was mounted anew, or
 * a clock that was set back, deceives nobody.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { MOST_BYTES } from './secret-files.ts';

const LOOK_EVERY_MS = 500;
/** What was refused is mended by hand or by a server that comes back: seconds, not milliseconds. */
const AGAIN_AFTER_MS = 2_000;

/**
 * Calls back when the files differ from what they were and then stay so from one look to the next; a pair that is
 * written in two steps is seen once, whole.
 * @param onChange may fail: it is called again every few seconds while the files stay as they are, until it does not; and also
 * when they are put back to what was taken over before, since it may have told somebody that they are wrong
 * @param options.atFirst also for what the files hold now
 */
export function watchSecrets(
  files: string[],
  onChange: () => Promise<void>,
  { atFirst = false } = {},
): { stop(): void } {
  let applied: string | undefined = atFirst ? 'nothing' : undefined;
  let before: string | undefined;
  let failed: { now: string; at: number } | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const now = await fingerprint(files);
    applied ??= now;
    const wanted = now !== applied || failed !== undefined;
    const again = failed?.now !== now || performance.now() - failed.at >= AGAIN_AFTER_MS;
    if (wanted && now === before && again && !stopped) {
      await onChange().then(
        () => {
          applied = now;
          failed = undefined;
        },
        () => (failed = { now, at: performance.now() }),
      );
    }
    before = now;
    if (!stopped) timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  }
  if (files.length > 0) void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function fingerprint(files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = await bytesOf(file).catch(() => undefined);
    hash.update(`${file} ${bytes?.length ?? 'missing'}\n`).update(bytes ?? '');
  }
  return hash.digest('hex');
}

/** Neither a pipe, which would be waited for, nor more than any secret has. */
async function bytesOf(file: string): Promise<Buffer | string> {
  const stats = await stat(file);
  if (stats.isFile() && stats.size <= MOST_BYTES) return readFile(file);
  return `${stats.mode} ${stats.size} ${stats.mtimeMs}`;
}
