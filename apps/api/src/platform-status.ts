import { X509Certificate } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { PlatformStatus } from '@homepage/contract';
import type { Cache, Database, Storage } from '@homepage/platform';
import { mediaKey, mediaStatus, type Tables } from '@homepage/site';
import { CONTENT_CHANGED } from './documents/content-watch.ts';
import type { Documents } from './documents/documents.ts';
import type { Version } from './version.ts';

type Sources = {
  version: Version;
  since: Date;
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  cache: Cache;
  certificate?: () => string | undefined;
  documents: Documents;
  backups: { lastVerifiedAt(): Date | null };
};

/** Strangers ask too: however many there are, the parts are asked once a second. */
const SHARED_MS = 1000;

/** Asks each part just now. What this shape does not have, or nobody has measured yet, is null. */
export function platformStatus(sources: Sources): () => Promise<PlatformStatus> {
  let last: { at: number; status: Promise<PlatformStatus> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at > SHARED_MS) last = { at: now, status: ask(sources) };
    return last.status;
  };
}

async function ask(sources: Sources): Promise<PlatformStatus> {
  const { version, since, database, storage, cache, documents, backups } = sources;
  const certificate = sources.certificate?.();
  const embedded = database.kind === 'pglite';
  const [databaseNow, storageNow, { listeners, ...cacheNow }] = await Promise.all([
    databaseStatus(database),
    storageStatus(database.db, storage),
    cache.status(CONTENT_CHANGED),
  ]);
  const { entries, hitRatio } = documents.stats();
  return {
    shape: embedded ? 'embedded' : 'platform',
    ...version,
    since: since.toISOString(),
    // Each listens to what the others announce.
    replicas: embedded ? 1 : cache.kind === 'memory' ? null : listeners,
    database: databaseNow,
    cache: { kind: cache.kind, ...cacheNow, entries, hitRatio },
    storage: storageNow,
    certificate: {
      notAfter: certificate ? new X509Certificate(certificate).validToDate.toISOString() : null,
    },
    backup: { lastVerifiedAt: backups.lastVerifiedAt()?.toISOString() ?? null },
  };
}

async function databaseStatus({ db, kind }: Sources['database']): Promise<PlatformStatus['database']> {
  try {
    const { rows } = await sql<{
      version: string;
    }>`select split_part(current_setting('server_version'), ' ', 1) as version`.execute(db);
    return { kind, version: rows[0]?.version ?? null, ok: true };
  } catch {
    return { kind, version: null, ok: false };
  }
}

/** The database knows what should be there; one of those is looked for. */
async function storageStatus(db: Kysely<Tables>, storage: Storage): Promise<PlatformStatus['storage']> {
  try {
    const { objects, any } = await mediaStatus(db);
    const ok = any === null || (await storage.has(mediaKey(any)));
    return { kind: storage.kind, version: null, ok, objects };
  } catch {
    return { kind: storage.kind, version: null, ok: false, objects: null };
  }
}
