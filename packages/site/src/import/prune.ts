import type { Kysely } from 'kysely';
import type { EntryKind, Tables } from '../database/tables.ts';
import { removeEntry } from '../entries/remove.ts';
import type { FileReport } from './report.ts';
import { addressKey } from './plan.ts';
import { byPath } from './find-files.ts';

const REASON = 'The author removed it.';

/** An entry, and the file it came from. */
export type ToRemove = { kind: EntryKind; slug: string; source: string };

/** Of the entries that came from files, those that no file stands for any more. Pure. */
export function entriesToRemove(
  imported: ToRemove[],
  run: { addresses: Map<string, string>; doubtful: string[] },
): ToRemove[] {
  return imported
    .filter((entry) => !run.addresses.has(addressKey(entry.kind, entry.slug)))
    .filter(({ source }) => !run.doubtful.some((path) => source === path || source.startsWith(`${path}/`)))
    .toSorted((a, b) => byPath(a.source, b.source));
}

/**
 * Removes imported entries whose file is gone; their addresses answer 410. Sample content stays.
 * @param doubtful files and folders that are there but could not be read: what came from them is kept
 */
export async function prune(
  db: Kysely<Tables>,
  run: {
    addresses: Map<string, string>;
    doubtful: string[];
    dryRun: boolean;
    confirm: (entries: ToRemove[]) => boolean | Promise<boolean>;
  },
): Promise<FileReport[]> {
  const imported = await db
    .selectFrom('entries')
    .select(['kind', 'slug', 'source'])
    .where('source', 'is not', null)
    .where('sample', '=', false)
    .$narrowType<{ source: string }>()
    .execute();
  const gone = entriesToRemove(imported, run);
  if (gone.length === 0) return [];
  if (!run.dryRun && !(await run.confirm(gone))) return [];
  if (!run.dryRun) for (const { kind, slug } of gone) await removeEntry(db, kind, slug, REASON);
  return gone.map(({ slug, source }) => ({
    path: source,
    action: 'removed',
    slug,
    line: null,
    reason: 'No file of the folder is behind it.',
  }));
}
