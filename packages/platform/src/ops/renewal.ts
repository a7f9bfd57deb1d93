/** Secret files that change while a program runs: each part takes over what they hold, and no request notices. */
import { Counter, type CounterConfiguration, type Registry } from 'prom-client';
import { watchSecrets } from '../secrets/watch.ts';

export type RenewablePart<Secrets> = {
  /** as in logs and metrics */
  name: string;
  /** what of the secrets it works with; undefined: it has nothing to do with them here */
  uses(secrets: Secrets): object | undefined;
  /** taken over only when no other part was refused: what visitors come in by must not change to what nobody knows */
  last?: true;
  /**
   * @returns more to log of it
   * @throws what refuses the new ones; the part goes on with the old ones then
   */
  renew(secrets: Secrets): Promise<object | void> | void;
};

export type RenewalOptions<Secrets> = {
  files: string[];
  /** what the parts work with already; undefined: the first look renews them all */
  inUse: Secrets | undefined;
  /** @throws Problem when the files do not fit together */
  read(): Secrets;
  parts: RenewablePart<Secrets>[];
  log: { info: LogLine; error: LogLine };
  registry: Registry;
};

type LogLine = (fields: object, message: string) => void;

/** What cannot be taken over is told once, counted, and tried again until it can, or until the files change. */
export function renewOnChange<Secrets>(options: RenewalOptions<Secrets>): { stop(): void } {
  const { files, read, parts, log, registry } = options;
  const reloads = counter(registry, {
    name: 'homepage_reloads_total',
    help: 'Times that a part took over changed secret files.',
  });
  const failures = counter(registry, {
    name: 'homepage_reload_failures_total',
    help: 'Times that it could not and went on with what it had; part "files": they do not fit together.',
  });
  for (const part of ['files', ...parts.map(({ name }) => name)]) {
    failures.inc({ part }, 0);
    if (part !== 'files') reloads.inc({ part }, 0);
  }
  const used = (part: RenewablePart<Secrets>, secrets: Secrets): string | undefined =>
    JSON.stringify(part.uses(secrets));
  const first = options.inUse;
  const inUse = new Map(first ? parts.map((part) => [part, used(part, first)]) : []);
  /** They may have gone half of the way: also what they had before would be taken over anew. */
  const unsettled = new Set<RenewablePart<Secrets>>();
  const told = new Map<string, string>();

  function fail(part: string, error: unknown): void {
    failures.inc({ part });
    const { message, fix } = error as Error & { fix?: string };
    if (told.get(part) === message) return;
    told.set(part, message);
    log.error(
      { part, reason: message, fix },
      'changed secret files were not taken over; the ones before go on',
    );
  }

  async function renew(): Promise<void> {
    let next: Secrets;
    try {
      next = read();
    } catch (error) {
      fail('files', error);
      throw error;
    }
    told.delete('files');
    const failed: unknown[] = [];
    for (const part of parts) {
      const wanted = used(part, next);
      const settled = wanted === inUse.get(part) && !unsettled.has(part);
      if (settled || (part.last && failed.length > 0)) continue;
      try {
        const more = await part.renew(next);
        inUse.set(part, wanted);
        unsettled.delete(part);
        told.delete(part.name);
        reloads.inc({ part: part.name });
        log.info({ part: part.name, ...more }, 'changed secret files were taken over');
      } catch (error) {
        unsettled.add(part);
        fail(part.name, error);
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, 'some parts were not renewed');
  }
  return watchSecrets(files, renew, { atFirst: first === undefined });
}

/** A program may watch several sets of files, each for itself. */
function counter(
  registry: Registry,
  about: Pick<CounterConfiguration<'part'>, 'name' | 'help'>,
): Counter<'part'> {
  const there = registry.getSingleMetric(about.name) as Counter<'part'> | undefined;
  return there ?? new Counter({ ...about, labelNames: ['part'], registers: [registry] });
}
