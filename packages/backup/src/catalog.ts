/** What lies in a target, as its keys tell: one listing, however many backups there are. */
import { failureOf, type Failure } from './failures.ts';
import { timeOfId } from '@homepage/platform';
import { MANIFEST, proofTime } from './keys.ts';
import type { Target } from './target.ts';

export type CatalogEntry = {
  id: string;
  /** when its snapshot was taken, by the clock of the database */
  at: Date;
  /** it has a manifest: only then it is a backup */
  complete: boolean;
  /** when it was last restored and compared; null: never */
  verifiedAt: Date | null;
  objects: { key: string; bytes: number; changedAt: Date }[];
};

export type Catalog = {
  /** the newest first */
  backups: CatalogEntry[];
  /** begun and not finished, the newest first */
  unfinished: CatalogEntry[];
};

export async function readCatalog(target: Target): Promise<Catalog> {
  const entries = new Map<string, CatalogEntry>();
  for await (const object of target.list('backups/')) {
    const [, id = '', name = ''] = object.key.split('/');
    const at = timeOfId(id);
    if (!at) continue; // not ours
    const entry = entries.get(id) ?? { id, at, complete: false, verifiedAt: null, objects: [] };
    entries.set(id, entry);
    entry.objects.push(object);
    if (name === MANIFEST) entry.complete = true;
    const proof = proofTime(name);
    if (proof && (entry.verifiedAt === null || proof > entry.verifiedAt)) entry.verifiedAt = proof;
  }
  const all = [...entries.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return {
    backups: all.filter(({ complete }) => complete),
    unfinished: all.filter(({ complete }) => !complete),
  };
}

/** The newest first. */
export async function readFailures(target: Target): Promise<Failure[]> {
  const failures: Failure[] = [];
  for await (const { key } of target.list('failures/')) {
    const failure = failureOf(key);
    if (failure) failures.push(failure);
  }
  return failures.toReversed();
}
