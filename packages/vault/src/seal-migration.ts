/** The seal of the primary, moved between the bootstrap's Transit key and keys of its own. The same keys do both: people keep them. */
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { requireKind, sealStatus, unseal, type Seal, type SealStatus } from './server.ts';

/**
 * done: it is moved. already: it was. waiting: one of several servers, open with what it will have; its leader still has the
 * seal of before, and the move is done when that one was started anew.
 */
export type Move = 'done' | 'already' | 'waiting';

const WITHIN_MS = 60_000;
/** One that was just started opens itself within this, and one that moves its seal may be closed for as long. */
const MOMENT_MS = 5_000;
const LOOK_EVERY_MS = 200;

/**
 * Looks before a person is asked: Vault was started so that it waits for exactly this.
 * @returns moving: keys are needed, and move its seal
 * @throws Problem VAULT_OTHER_SERVER, VAULT_NOT_INITIALISED, VAULT_SEAL_NOT_MOVING, VAULT_SEAL_OTHER_WAY
 */
export async function requireMove(vault: Vault, to: Seal): Promise<{ moving: boolean; status: SealStatus }> {
  const status = await settled(vault);
  const { initialised, sealed, seal, migrating } = status;
  // It tells its name when it is open; a sealed one that opens with keys may be either.
  if (!sealed) await requireKind(vault, 'primary');
  if (!initialised)
    throw new Problem('VAULT_NOT_INITIALISED', `Vault at ${vault.address} was never set up.`, {
      fix: 'There is nothing to be moved: set it up with the seal that it shall have.',
      command: 'homepage vault init primary',
    });
  // Moved by a run that was cut off, it waits for keys after its next start.
  if (!migrating && seal === to && (!sealed || to === 'shamir')) return { moving: false, status };
  if (!migrating) throw notMoving(vault, to, status);
  if (seal === to) return { moving: true, status };
  throw new Problem(
    'VAULT_SEAL_OTHER_WAY',
    `The configuration of the Vault at ${vault.address} moves its seal to ${seal}, not to ${to}.`,
    { field: '--migrate', fix: `Name ${seal}, or correct its stanza seal "transit" and restart it.` },
  );
}

async function settled(vault: Vault): Promise<SealStatus> {
  const deadline = performance.now() + MOMENT_MS;
  for (;;) {
    const status = await sealStatus(vault);
    const opensItself = status.initialised && status.sealed && status.seal === 'transit' && !status.migrating;
    if (!opensItself || performance.now() > deadline) return status;
    await wait(LOOK_EVERY_MS);
  }
}

function notMoving({ address }: Vault, to: Seal, { sealed, seal }: SealStatus): Problem {
  if (sealed && seal === to)
    return new Problem(
      'VAULT_SEAL_NOT_MOVING',
      `The Vault at ${address} waits for its bootstrap, which opens it; no seal is to be moved.`,
      { fix: 'Open the bootstrap, or look at the log of this one.', command: 'homepage vault status' },
    );
  return new Problem(
    'VAULT_SEAL_NOT_MOVING',
    `The Vault at ${address} was not started to move its seal to ${to}.`,
    {
      field: 'VAULT_ADDR',
      fix:
        to === 'shamir'
          ? 'Add disabled = "true" to the stanza seal "transit" of the primary, restart it while the bootstrap is open, and run this again.'
          : 'Give the primary the stanza seal "transit" of deploy/vault/primary.hcl, restart it while the bootstrap is open, and run this again.',
    },
  );
}

/**
 * Looks as requireMove() does, then moves. Cut off at any point, it is run again.
 * @param keys as many as its threshold asks for: recovery keys, or unseal keys on the way back
 * @throws Problem as requireMove(); VAULT_KEYS_WRONG, VAULT_KEYS_FEW, VAULT_SEAL_AWAY, VAULT_SEAL_UNMOVED; VAULT_SEAL_TORN when
 * Vault itself was killed between two of its writes: then only a snapshot helps
 */
export async function moveSeal(vault: Vault, to: Seal, keys: string[]): Promise<Move> {
  const { moving, status } = await requireMove(vault, to);
  // Open while it moves, it has all of its keys.
  const opened =
    !status.sealed ||
    (await unseal(vault, keys, { migrate: moving }).catch((cause: unknown) => {
      throw torn(vault, cause);
    }));
  if (!opened)
    throw new Problem(
      'VAULT_KEYS_FEW',
      `${keys.length} keys were given, and Vault asks for ${status.threshold}.`,
      { fix: 'Give them all at once, one a line; the same key twice counts once.' },
    );
  if (!moving) {
    await requireKind(vault, 'primary');
    return 'already';
  }
  const deadline = performance.now() + WITHIN_MS;
  for (let closedSince: number | undefined; ;) {
    const { sealed, migrating } = await sealStatus(vault);
    if (!sealed && !migrating) return 'done';
    const leader = await leaderOf(vault);
    if (leader === 'another') return 'waiting';
    // After a failure the status says "open" (1.21.1) of a Vault that answers nothing else.
    closedSince = leader === 'closed' ? (closedSince ?? performance.now()) : undefined;
    const now = performance.now();
    if (now > deadline || (closedSince !== undefined && now - closedSince > MOMENT_MS))
      throw new Problem(
        'VAULT_SEAL_UNMOVED',
        `The Vault at ${vault.address} took the keys and could not move its seal.`,
        {
          fix: 'Its log says why: the bootstrap must be open and take its token. Nothing is lost: mend that, restart this one, and run this again.',
        },
      );
    await wait(LOOK_EVERY_MS);
  }
}

/** Vault writes the key and then the name of the seal that reads it (1.21.1): killed in between, it asks the old one to read the new key. */
function torn({ address }: Vault, cause: unknown): unknown {
  if (
    !(cause instanceof Problem) ||
    cause.code !== 'VAULT_FAILED' ||
    !/decrypt|stored keys/.test(cause.message)
  )
    return cause;
  return new Problem(
    'VAULT_SEAL_TORN',
    `The seal that the Vault at ${address} shall leave does not read its key.`,
    {
      fix: 'If its address or its token is of another bootstrap, correct that and restart. If Vault was killed while it moved its seal, half of it is moved: restore the snapshot of before onto a blank server with the seal of before, and begin anew.',
      command: 'homepage vault restore --help',
      cause,
    },
  );
}

async function leaderOf(vault: Vault): Promise<'itself' | 'another' | 'none' | 'closed'> {
  try {
    const leader = await vault.as(undefined).read('sys/leader');
    if (leader?.['is_self'] === true) return 'itself';
    return leader?.['leader_address'] ? 'another' : 'none';
  } catch (error) {
    if ((error as Problem).code === 'VAULT_SEALED') return 'closed';
    throw error;
  }
}
