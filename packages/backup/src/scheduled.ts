/** `homepage backup run --scheduled`: a backup when one is due, a proof of what has none, once a week one of an older. */
import { Problem, type StorageLocation } from '@homepage/platform';
import { readCatalog, type Catalog } from './catalog.ts';
import { isDue, olderToVerify } from './schedule.ts';
import { runBackup, type RunOptions, type RunReport } from './run.ts';
import { withTarget } from './target.ts';
import { verifyBackup, type VerifyOptions, type VerifyReport } from './verify.ts';

export type ScheduledOptions = Omit<RunOptions, 'reason'> &
  Pick<VerifyOptions, 'serve' | 'template'> & { now: Date };

export type ScheduledReport = {
  /** null: none was due */
  run: RunReport | null;
  verified: VerifyReport[];
  failed: { target: string; error: unknown }[];
};

/** What fails at one target does not stop the others. */
export async function runScheduled(options: ScheduledOptions): Promise<ScheduledReport> {
  const { targets, now } = options;
  const report: ScheduledReport = { run: null, verified: [], failed: [] };
  const catalogs = await Promise.all(targets.map((location) => catalogOf(location, report)));
  if (catalogs.some((catalog) => catalog !== undefined && isDue(catalog.backups[0]?.at ?? null, now))) {
    report.run = await runBackup({ ...options, reason: 'scheduled' });
    for (const { target, ok, error } of report.run.targets) if (!ok) report.failed.push({ target, error });
  }
  const { recipients, identityFile } = options.settings.backup;
  // Where the private key is kept off this machine, another one verifies.
  if (recipients.length > 0 && identityFile === undefined) return report;
  for (const location of targets) {
    const catalog = await catalogOf(location, report);
    const [newest] = catalog?.backups ?? [];
    if (!catalog || !newest) continue;
    const older = olderToVerify(catalog.backups, now, Math.random());
    const ids = [...(newest.verifiedAt === null ? [newest.id] : []), ...(older === undefined ? [] : [older])];
    for (const id of ids) {
      try {
        report.verified.push(await verifyBackup({ ...options, location, choice: { id } }));
      } catch (error) {
        report.failed.push({ target: location.name, error });
      }
    }
  }
  return report;
}

/** undefined: the target does not answer, and that is noted once */
async function catalogOf(
  location: StorageLocation,
  { failed }: ScheduledReport,
): Promise<Catalog | undefined> {
  if (failed.some(({ target }) => target === location.name)) return undefined;
  try {
    return await withTarget(location, readCatalog);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed.push({ target: location.name, error });
    return undefined;
  }
}
