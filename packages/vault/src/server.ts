/** A Vault as a whole: which one it is, whether it is open, and how it is opened. Keys are kept nowhere here. */
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';

/** bootstrap: opened with shares of its own key. primary: opens itself with the bootstrap's. */
export type ServerKind = 'bootstrap' | 'primary';

export type SealStatus = {
  initialised: boolean;
  sealed: boolean;
  kind: ServerKind | undefined;
  /** shares that open it, or that make a root token where it opens itself */
  threshold: number;
  shares: number;
  /** shares given so far */
  progress: number;
  version: string;
};

export async function sealStatus(vault: Vault): Promise<SealStatus> {
  const answer = (await vault.as(undefined).read('sys/seal-status')) as unknown as {
    type: string;
    initialized: boolean;
    sealed: boolean;
    t: number;
    n: number;
    progress: number;
    version: string;
  };
  const kinds: Record<string, ServerKind> = { shamir: 'bootstrap', transit: 'primary' };
  return {
    initialised: answer.initialized,
    sealed: answer.sealed,
    kind: kinds[answer.type],
    threshold: answer.t,
    shares: answer.n,
    progress: answer.progress,
    version: answer.version,
  };
}

/**
 * What is right for one of them is wrong for the other.
 * @throws Problem VAULT_OTHER_SERVER
 */
export async function requireKind(vault: Vault, wanted: ServerKind): Promise<SealStatus> {
  const status = await sealStatus(vault);
  if (status.kind === wanted) return status;
  const is =
    status.kind === undefined ? 'has a seal that is none of ours' : `is the ${status.kind}, by its seal`;
  throw new Problem('VAULT_OTHER_SERVER', `The Vault at ${vault.address} ${is}; ${wanted} was asked for.`, {
    field: 'VAULT_ADDR',
    fix: 'Name the address of the other one, or the other kind.',
  });
}

export type NewKeys = { /** base64 */ keys: string[]; rootToken: string };

/** Sets an empty Vault up. What it answers is told this once and never again. */
export async function initialise(
  vault: Vault,
  kind: ServerKind,
  { shares, threshold }: { shares: number; threshold: number },
): Promise<NewKeys> {
  const words = kind === 'bootstrap' ? 'secret' : 'recovery';
  const answer = await vault
    .as(undefined)
    .make('sys/init', { [`${words}_shares`]: shares, [`${words}_threshold`]: threshold });
  const field = kind === 'bootstrap' ? 'keys_base64' : 'recovery_keys_base64';
  return { keys: answer[field] as string[], rootToken: answer['root_token'] as string };
}

/**
 * @param keys as many as its threshold asks for
 * @returns whether it is open
 * @throws Problem VAULT_KEYS_WRONG
 */
export async function unseal(vault: Vault, keys: string[]): Promise<boolean> {
  const open = vault.as(undefined);
  // Shares that somebody gave before belong to their attempt.
  await open.write('sys/unseal', { reset: true });
  for (const key of keys) {
    const answer = await open.make('sys/unseal', { key }).catch((cause: unknown) => {
      throw wrongKeys(cause);
    });
    if (answer['sealed'] === false) return true;
  }
  return false;
}

export function wrongKeys(cause: unknown): unknown {
  if (!(cause instanceof Problem) || cause.code !== 'VAULT_REFUSED') return cause;
  // The primary keeps its recovery keys under its seal: it cannot look at them while the bootstrap is away.
  if (/using seal transit/.test(cause.message))
    return new Problem(
      'VAULT_SEAL_AWAY',
      'The primary cannot ask the bootstrap, so it cannot check recovery keys.',
      {
        fix: 'Open the bootstrap first, then run this again. Until then the primary runs and cannot be changed by keys.',
        command: 'homepage vault status',
        cause,
      },
    );
  return new Problem('VAULT_KEYS_WRONG', 'Vault does not take these keys.', {
    fix: 'Give as many different ones as its threshold, of this very server, one a line, as they were shown.',
    cause,
  });
}

/** Waits until an open Vault has a leader, which takes seconds after it opened. @throws Problem VAULT_STANDBY */
export async function untilActive(vault: Vault, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const leader = await vault
      .as(undefined)
      .read('sys/leader')
      .catch(() => undefined);
    if (leader?.['is_self'] === true) return;
    if (performance.now() > deadline)
      throw new Problem('VAULT_STANDBY', `Vault at ${vault.address} is open and has no leader.`, {
        fix: 'Look at its log; with less than half of the servers there is no leader.',
      });
    await new Promise((done) => setTimeout(done, 200));
  }
}
