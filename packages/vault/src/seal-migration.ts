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

/**
 * What a person may be asked before: Vault was started so that it waits for exactly this.
 * @returns false when nothing is left to be done
 * @throws Problem VAULT_OTHER_SERVER, VAULT_NOT_INITIALISED, VAULT_SEAL_NOT_MOVING, VAULT_SEAL_OTHER_WAY
 */
export async function requireMove(vault: Vault, to: Seal): Promise<{ moving: boolean; status: SealStatus }> {
  const status = await sealStatus(vault);
  const { initialised, sealed, seal, migrating } = status;
  // It tells its name when it is open; a sealed one that opens with keys may be either.
  if (!sealed) await requireKind(vault, 'primary');
  if (!initialised)
    throw new Problem('VAULT_NOT_INITIALISED', `Vault at ${vault.address} was never set up.`, {
      fix: 'There is nothing to be moved: set it up with the seal that it shall have.',
      command: 'homepage vault init primary',
    });
  if (!migrating && !sealed && seal === to) return { moving: false, status };
  if (!migrating) throw notMoving(vault, to, status);
  if (seal === to) return { moving: true, status };
  throw new Problem(
    'VAULT_SEAL_OTHER_WAY',
    `The configuration of the Vault at ${vault.address} moves its seal to ${seal}, not to ${to}.`,
    { field: '--migrate', fix: `Name ${seal}, or correct its stanza seal "transit" and restart it.` },
  );
}

function notMoving({ address }: Vault, to: Seal, { sealed, seal }: SealStatus): Problem {
  const stanza =
    to === 'shamir'
      ? 'In the configuration of the primary add disabled = "true" to the stanza seal "transit"'
      : 'Give the configuration of the primary the stanza seal "transit" of deploy/vault/primary.hcl';
  const opensWith = seal === 'shamir' ? 'keys' : 'its bootstrap';
  return new Problem(
    'VAULT_SEAL_NOT_MOVING',
    sealed && seal === to
      ? `The Vault at ${address} is sealed and waits for ${opensWith}; no seal is to be moved.`
      : `The Vault at ${address} has not been told to move its seal.`,
    sealed && seal === to
      ? {
          fix: 'Open it as it is opened; if it is the bootstrap, name the address of the primary.',
          command: seal === 'shamir' ? 'homepage vault unseal --keys-file <file>' : 'homepage vault status',
        }
      : { fix: `${stanza}, while the bootstrap is open, and restart it; then run this again.` },
  );
}

/**
 * @param vault that requireMove() was asked about
 * @param keys as many as its threshold asks for: recovery keys, or unseal keys on the way back
 * @throws Problem VAULT_KEYS_WRONG, VAULT_KEYS_FEW, VAULT_SEAL_AWAY, VAULT_SEAL_UNMOVED; run again, it goes on
 */
export async function moveSeal(vault: Vault, to: Seal, keys: string[]): Promise<Move> {
  const { moving, status } = await requireMove(vault, to);
  if (!moving) return 'already';
  // Open, it has all keys and is at it.
  if (status.sealed && !(await unseal(vault, keys, { migrate: true })))
    throw new Problem(
      'VAULT_KEYS_FEW',
      `${keys.length} keys were given, and Vault asks for ${status.threshold}.`,
      {
        fix: 'Give them all at once, one a line; the same key twice counts once.',
      },
    );
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const { sealed, migrating } = await sealStatus(vault);
    if (!sealed && !migrating) return 'done';
    if (!sealed && (await hasAnotherLeader(vault))) return 'waiting';
    if (sealed || performance.now() > deadline)
      throw new Problem('VAULT_SEAL_UNMOVED', `Vault at ${vault.address} took the keys and moved no seal.`, {
        fix: 'Its log says why. Nothing is lost: the seal of before is still there; restart it and run this again.',
      });
    await wait(200);
  }
}

async function hasAnotherLeader(vault: Vault): Promise<boolean> {
  const leader = await vault
    .as(undefined)
    .read('sys/leader')
    .catch(() => undefined);
  return leader?.['is_self'] === false && Boolean(leader['leader_address']);
}
