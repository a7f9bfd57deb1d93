import { type Kysely, sql } from 'kysely';
import type { PlatformStatus } from '@homepage/contract';
import type { Database, Storage } from '@homepage/platform';
import { mediaKey, mediaStatus, type Tables } from '@homepage/site';
import type { Documents } from './documents/documents.ts';
import type { Version } from './version.ts';

type Sources = {
  version: Version;
  since: Date;
  database: Pick<Database<Tables>, 'db' | 'kind'>;
  storage: Storage;
  documents: Documents;
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

async function ask({ version, since, database, storage, documents }: Sources): Promise<PlatformStatus> {
  const embedded = database.kind === 'pglite';
  const [databaseNow, storageNow] = await Promise.all([
    databaseStatus(database),
    storageStatus(database.db, storage),
  ]);
  return {
    shape: embedded ? 'embedded' : 'platform',
    ...version,
    since: since.toISOString(),
    replicas: embedded ? 1 : null,
    database: databaseNow,
    cache: { kind: 'memory', version: null, ok: true, ...documents.stats() },
    storage: storageNow,
    certificate: { notAfter: null },
    backup: { lastVerifiedAt: null },
  };
}

async function databaseStatus({ db, kind }: Sources['database']): Promise<PlatformStatus['database']> {
  try {
    const { rows } = await sql<{
      version: string;
    }>`select current_setting('server_version') as version`.execute(db);
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
