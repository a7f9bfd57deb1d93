/** Secret files that change while the site runs: each part signs in anew with what they hold, and no request notices. */
import type { FastifyBaseLogger } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { watchSecrets, type Settings } from '@homepage/platform';

export type RenewablePart = {
  /** as in logs and metrics */
  name: string;
  /** what of the settings it works with; undefined: it has nothing to do with secrets here */
  uses(settings: Settings): object | undefined;
  /** taken over only when no other part was refused: what visitors come in by must not change to what nobody knows */
  last?: true;
  /** @throws what refuses the new ones; the part goes on with the old ones then */
  renew(settings: Settings): Promise<void> | void;
};

export type RenewalOptions = {
  settings: Settings;
  /** @throws Problem when the files do not fit together */
  read(): Settings;
  parts: RenewablePart[];
  log: FastifyBaseLogger;
  registry: Registry;
};

/** What cannot be taken over is told once, counted, and tried again until it can, or until the files change. */
export function renewOnChange({ settings, read, parts, log, registry }: RenewalOptions): { stop(): void } {
  const labels = { labelNames: ['part'], registers: [registry] };
  const reloads = new Counter({
    name: 'homepage_reloads_total',
    help: 'Times that a part took over changed secret files.',
    ...labels,
  });
  const failures = new Counter({
    name: 'homepage_reload_failures_total',
    help: 'Times that it could not and went on with what it had; part "files": they do not fit together.',
    ...labels,
  });
  for (const part of ['files', ...parts.map(({ name }) => name)]) {
    failures.inc({ part }, 0);
    if (part !== 'files') reloads.inc({ part }, 0);
  }
  const inUse = new Map(parts.map((part) => [part, JSON.stringify(part.uses(settings))]));
  const told = new Map<string, string>();

  function fail(part: string, error: unknown): void {
    failures.inc({ part });
    const { message } = error as Error;
    if (told.get(part) === message) return;
    told.set(part, message);
    log.error({ part, reason: message }, 'changed secret files were not taken over; the ones before go on');
  }

  return watchSecrets(settings.secretFiles, async () => {
    let next: Settings;
    try {
      next = read();
    } catch (error) {
      fail('files', error);
      throw error;
    }
    told.delete('files');
    const failed: unknown[] = [];
    for (const part of parts) {
      const wanted = JSON.stringify(part.uses(next));
      if (wanted === inUse.get(part) || (part.last && failed.length > 0)) continue;
      try {
        await part.renew(next);
        inUse.set(part, wanted);
        told.delete(part.name);
        reloads.inc({ part: part.name });
        log.info({ part: part.name }, 'changed secret files were taken over');
      } catch (error) {
        fail(part.name, error);
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, 'some parts were not renewed');
  });
}
