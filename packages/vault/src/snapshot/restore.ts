/**
 * A snapshot put into a Vault: a blank one, which takes it whatever its keys, or the very one that it is of. It is read to its end
 * and checked before Vault is touched.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Problem, type Storage } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { otherRootTokens, revokeTokens, withRoot } from '../root-token.ts';
import { writeSecret } from '../secret-file.ts';
import {
  initialise,
  requireKind,
  sealStatus,
  unseal,
  untilActive,
  USUALLY,
  type NewKeys,
  type SealStatus,
  type ServerKind,
} from '../server.ts';
import { damaged, readArchive } from './archive.ts';

import { findSnapshot, keyOf, otherServer, type Manifest } from './catalog.ts';
import type { Transform } from './take.ts';

export type RestoreOptions = {
  server: ServerKind;
  storage: Storage;
  /** undefined: the newest */
  id: string | undefined;
  decrypt: (recipients: string[]) => Transform;
  /**
   * Kept while a blank Vault is filled: it has keys of its own for that moment, and a run that was cut off goes on with them.
   */
  workFile: string;
  /** of what opens with keys, as they were when the snapshot was taken: opens it afterwards */
  keys: string[] | undefined;
  /** before a Vault that is not blank is written over. @returns false: nothing is done */
  confirm(manifest: Manifest): Promise<boolean>;
  /** does the work as somebody who may write over it */
  asOperator<Result>(work: (vault: Vault) => Promise<Result>): Promise<Result>;
};

export type Restored = {
  id: string;
  takenAt: string;
  /** false: a Vault that had data was written over */
  blank: boolean;
  /** it waits for its keys */
  sealed: boolean;
  /** that were alive in the snapshot, and are taken back; null: nobody could look */
  rootTokens: number | null;
};

/** A minute is long: a gigabyte takes seconds. */
const WITHIN_MS = 60_000;

/**
 * @returns undefined when it was not confirmed
 * @throws Problem VAULT_SNAPSHOT_DAMAGED, VAULT_SNAPSHOT_OTHER_SERVER, VAULT_SNAPSHOT_OTHER_KEYS, VAULT_SNAPSHOT_UNKNOWN,
 * VAULT_SNAPSHOT_OTHER_SEAL, VAULT_SNAPSHOT_OTHER_BOOTSTRAP, VAULT_RESTORE_CUT_OFF, VAULT_SNAPSHOT_UNFINISHED
 */
export async function restoreSnapshot(vault: Vault, options: RestoreOptions): Promise<Restored | undefined> {
  const { server, storage, id, workFile, keys, decrypt, confirm, asOperator } = options;
  const manifest = await findSnapshot(storage, server, id);
  const key = keyOf(server, manifest.id, 'snapshot.age');
  const plain = (): AsyncIterable<Uint8Array> => decrypt(manifest.recipients)(stored(storage, key));
  await requireWhole(storage, key, manifest);
  const archive = await readArchive(plain());
  if (archive.server !== server) throw otherServer(server, archive.server);

  const { initialised, seal } = await requireFitting(vault, manifest, existsSync(workFile));
  const withKeys = seal === 'shamir';
  const blank = !initialised || existsSync(workFile);
  if (!blank && !(await confirm(manifest))) return undefined;
  if (blank) {
    const own = await fillBlank(vault, options, manifest.id, { initialised, withKeys });
    if (own) await send(own, 'sys/storage/raft/snapshot-force', plain());
    rmSync(workFile, { force: true });
  } else await asOperator((operator) => send(operator, 'sys/storage/raft/snapshot', plain()));

  const sealed = await openAgain(vault, withKeys, keys);
  const rootTokens = sealed || keys === undefined ? null : await revokeRoots(vault, keys);
  return { id: manifest.id, takenAt: manifest.takenAt, blank, sealed, rootTokens };
}

/**
 * Who took the snapshot as root is in it, alive, and never ends.
 * @returns null when these keys make no root token: they were those of the Vault before
 */
async function revokeRoots(vault: Vault, keys: string[]): Promise<number | null> {
  try {
    return await withRoot(vault, keys, async (root) => {
      const others = await otherRootTokens(root);
      await revokeTokens(root, others);
      return others.length;
    });
  } catch (error) {
    // What was asked for is done. That this was not is told.
    if (error instanceof Problem) return null;
    throw error;
  }
}

/**
 * What a seal of keys wrote, a seal of Transit does not open, and the other way round. Nothing in a blank server that opens with
 * keys says which of the two it shall be.
 * @throws Problem VAULT_OTHER_SERVER, VAULT_SNAPSHOT_OTHER_SEAL
 */
async function requireFitting(
  vault: Vault,
  { server, seal: of }: Manifest,
  filling: boolean,
): Promise<SealStatus> {
  const status = await sealStatus(vault);
  const either = of !== undefined && (!status.initialised || filling);
  if (!either) await requireKind(vault, server);
  if (of === undefined || status.seal === of) return status;
  throw new Problem(
    'VAULT_SNAPSHOT_OTHER_SEAL',
    of === 'shamir'
      ? 'The snapshot is of a Vault that opened with keys, and this one opens through another Vault.'
      : 'The snapshot is of a Vault that another Vault opened, and this one opens with keys.',
    {
      fix:
        of === 'shamir'
          ? 'Name the address of the other one; or start it without the stanza seal "transit", restore, and move its seal afterwards.'
          : 'Name the address of the other one; or start it with the stanza seal "transit" and the bootstrap of that time, which may have to be restored first.',
    },
  );
}

async function* stored(storage: Storage, key: string): AsyncGenerator<Uint8Array> {
  const object = await storage.get(key);
  if (!object) throw damaged('it is gone');
  yield* object.body;
}

/** Without the private key: half a file is told as that. */
async function requireWhole(storage: Storage, key: string, { bytes, sha256 }: Manifest): Promise<void> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of stored(storage, key)) {
    hash.update(chunk);
    read += chunk.length;
  }
  if (read !== bytes) throw damaged(`it has ${read} bytes and should have ${bytes}`);
  if (hash.digest('hex') !== sha256) throw damaged('its checksum is another one');
}

type Work = Partial<NewKeys> & { /** id of what was being sent */ sending?: string };

/**
 * A blank Vault has to be set up before it takes a snapshot. The keys that it makes are gone with its data a moment later.
 * @returns undefined when an earlier run had sent it and was cut off before the end
 * @throws Problem VAULT_RESTORE_CUT_OFF
 */
async function fillBlank(
  vault: Vault,
  { workFile }: RestoreOptions,
  id: string,
  { initialised, withKeys }: { initialised: boolean; withKeys: boolean },
): Promise<Vault | undefined> {
  if (!initialised) {
    // What can be wrong with the file is found before Vault tells its keys this once.
    writeSecret(workFile, '{}');
    const made = await initialise(vault, USUALLY[withKeys ? 'shamir' : 'transit'], {
      shares: 1,
      threshold: 1,
    });
    writeSecret(workFile, JSON.stringify(made));
  }
  const { keys, rootToken, sending } = JSON.parse(readFileSync(workFile, 'utf8')) as Work;
  const { sealed } = await sealStatus(vault);
  const open = !sealed || (withKeys && (await opens(vault, keys)));
  if (open) await untilActive(vault);
  if (open && rootToken !== undefined && (await isKnown(vault.as(rootToken)))) {
    writeSecret(workFile, JSON.stringify({ keys, rootToken, sending: id }));
    return vault.as(rootToken);
  }
  if (sending === id) return undefined;
  throw new Problem(
    'VAULT_RESTORE_CUT_OFF',
    `An earlier run was cut off, and the Vault at ${vault.address} does not know its keys.`,
    {
      field: workFile,
      fix: 'If nothing is in it: stop it, empty its data folder and start it. If something is: this run must not take it for blank. Then remove the file that is named, and run this again.',
      command: `rm ${workFile}`,
    },
  );
}

async function opens(vault: Vault, keys: string[] | undefined): Promise<boolean> {
  if (keys === undefined) return false;
  return unseal(vault, keys).catch((error: Problem) => {
    if (error.code === 'VAULT_KEYS_WRONG') return false;
    throw error;
  });
}

/** @returns false also of a Vault that is sealed: it is not the one that made the token any more */
async function isKnown(vault: Vault): Promise<boolean> {
  try {
    await vault.read('auth/token/lookup-self');
    return true;
  } catch (error) {
    const { code } = error as Problem;
    if (code === 'VAULT_TOKEN_REFUSED' || code === 'VAULT_SEALED' || code === 'VAULT_DENIED') return false;
    throw error;
  }
}

/** Vault answers before it is done. A token that is younger than the snapshot is unknown when it is. */
async function send(vault: Vault, path: string, plain: AsyncIterable<Uint8Array>): Promise<void> {
  const { auth } = await vault.make('auth/token/create-orphan', {
    policies: ['default'],
    ttl: '15m',
    display_name: 'restore of a snapshot',
  });
  const young = vault.as(auth!.client_token);
  try {
    await vault.upload(path, plain);
  } catch (cause) {
    const { code, message } = cause as Problem;
    if (code !== 'VAULT_REFUSED' || !/unseal keys|hash file/.test(message)) throw cause;
    throw new Problem(
      'VAULT_SNAPSHOT_OTHER_KEYS',
      'The snapshot is of a Vault with other keys than this one has. Nothing was changed.',
      {
        fix: 'Restore it onto a blank server: stop this one, move its data away, start it, and run this again.',
        cause,
      },
    );
  }
  const deadline = performance.now() + WITHIN_MS;
  while (await isKnown(young).catch(() => true)) {
    if (performance.now() > deadline)
      throw new Problem(
        'VAULT_SNAPSHOT_UNFINISHED',
        'Vault took the snapshot and has not put it into force.',
        {
          fix: 'Look at its log, restart it, and run this again.',
        },
      );
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** @returns whether it waits for keys */
async function openAgain(vault: Vault, withKeys: boolean, keys: string[] | undefined): Promise<boolean> {
  if (withKeys) {
    const { sealed } = await sealStatus(vault);
    if (sealed && (keys === undefined || !(await unseal(vault, keys)))) return true;
  }
  try {
    await untilActive(vault, WITHIN_MS);
    return false;
  } catch (cause) {
    if (withKeys || !(await sealStatus(vault)).sealed) throw cause;
    throw new Problem(
      'VAULT_SNAPSHOT_OTHER_BOOTSTRAP',
      'The snapshot is in, and stays closed: another bootstrap opened what is in it, or this one is away.',
      {
        fix: 'Open the bootstrap of that time, restored if need be, and restart this one with its address and token.',
        cause,
      },
    );
  }
}
