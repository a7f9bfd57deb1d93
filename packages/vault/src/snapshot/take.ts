/** A snapshot of a Vault: read, checked, encrypted and stored in one pass. It is there when all of it is. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { newId, Problem, type Storage } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { requireKind, type ServerKind } from '../server.ts';
import { checked, type Archive } from './archive.ts';
import { keyOf, otherServer, type Manifest } from './catalog.ts';

/** Plain bytes to what is stored, or back. */
export type Transform = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export type TakeOptions = {
  server: ServerKind;
  storage: Storage;
  /** public keys of age */
  recipients: string[];
  /** for those recipients */
  encrypt: Transform;
  now: Date;
};

/**
 * @param vault as somebody who may read sys/storage/raft/snapshot
 * @throws Problem VAULT_SNAPSHOT_PLAIN, VAULT_OTHER_SERVER, VAULT_SNAPSHOT_DAMAGED; those of the client and of the storage
 */
export async function takeSnapshot(
  vault: Vault,
  { server, storage, recipients, encrypt, now }: TakeOptions,
): Promise<Manifest> {
  if (recipients.length === 0)
    throw new Problem('VAULT_SNAPSHOT_PLAIN', 'A snapshot is never stored as it is, and no key was named.', {
      field: '--recipient',
      fix: 'Name a public key of age; keep its private key neither here nor where snapshots are.',
      command: 'age-keygen -o vault-snapshots.key',
    });
  const { version, seal } = await requireKind(vault, server);
  const id = newId(now);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  const told = (archive: Archive): void => {
    // Its servers have other names than deploy/vault gives them: nobody could tell them apart later.
    if (archive.server !== server) throw otherServer(server, archive.server);
  };
  const plain = await vault.download('sys/storage/raft/snapshot');
  const sealed = counted(encrypt(checked(plain, told)));
  try {
    await storage.put(keyOf(server, id, 'snapshot.age'), Readable.from(sealed, { objectMode: false }));
  } catch (error) {
    await storage.remove(keyOf(server, id, 'snapshot.age')).catch(() => {}); // the first failure is the one to tell
    throw error;
  }
  const manifest: Manifest = {
    format: 1,
    id,
    server,
    ...(seal && { seal }),
    takenAt: now.toISOString(),
    version,
    bytes,
    sha256: hash.digest('hex'),
    recipients,
  };
  await storage.put(keyOf(server, id, 'manifest.json'), Buffer.from(JSON.stringify(manifest, null, 2)));
  return manifest;
}
