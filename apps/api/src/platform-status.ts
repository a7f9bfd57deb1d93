import { type Kysely, sql } from 'kysely';
import type { PlatformStatus } from '@homepage/contract';
import type { Storage } from '@homepage/platform';
import type { Tables } from '@homepage/site';
import type { Documents } from './documents/documents.ts';
import type { Version } from './version.ts';

type Sources = {
  version: Version;
  since: Date;
  db: Kysely<Tables>;
  databaseKind: 'pglite' | 'postgresql';
  storage: Storage;
  documents: () => Documents;
};

/** Asks each part just now. What this shape does not have, or nobody has measured yet, is null. */
export function platformStatus(sources: Sources): () => Promise<PlatformStatus> {
  return async () => ({
    shape: sources.databaseKind === 'pglite' ? 'embedded' : 'platform',
    ...sources.version,
    since: sources.since.toISOString(),
    replicas: sources.databaseKind === 'pglite' ? 1 : null,
    database: await databaseStatus(sources.db, sources.databaseKind),
    cache: { kind: 'memory', version: null, ok: true, ...sources.documents().stats() },
    storage: await storageStatus(sources.storage),
    certificate: { notAfter: null },
    backup: { lastVerifiedAt: null },
  });
}

async function databaseStatus(db: Kysely<Tables>, kind: string): Promise<PlatformStatus['database']> {
  try {
    const { rows } = await sql<{
      version: string;
    }>`select current_setting('server_version') as version`.execute(db);
    return { kind, version: rows[0]?.version ?? null, ok: true };
  } catch {
    return { kind, version: null, ok: false };
  }
}

async function storageStatus(storage: Storage): Promise<PlatformStatus['storage']> {
  try {
    return { kind: storage.kind, version: null, ok: true, objects: await storage.count() };
  } catch {
    return { kind: storage.kind, version: null, ok: false, objects: null };
  }
}
