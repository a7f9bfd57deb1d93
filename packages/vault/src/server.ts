/** A Vault as a whole: which one it is, whether it is open, and how it is opened. Keys are kept nowhere here. */
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';

/** bootstrap: opened with shares of its own key. primary: opens itself with the bootstrap's, or with keys where its seal was moved. */
export type ServerKind = 'bootstrap' | 'primary';

/** shamir: a quorum of keys opens it. transit: a key of another Vault does. */
export type Seal = 'shamir' | 'transit';

export type SealStatus = {
  initialised: boolean;
  sealed: boolean;
  /** by its name, which it tells while it is open; else by its seal */
  kind: ServerKind | undefined;
  /** undefined: none of ours. While it is moved: the one that it moves to. */
  seal: Seal | undefined;
  /** It waits for a quorum of keys, which move its seal. */
  migrating: boolean;
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
    migration: boolean;
    cluster_name?: string;
  };
  const seal = seals.find((one) => one === answer.type);
  return {
    initialised: answer.initialized,
    sealed: answer.sealed,
    // The seal of the bootstrap is never moved.
    kind: kindNamed(answer.cluster_name) ?? (answer.migration ? 'primary' : seal && USUALLY[seal]),
    seal,
    migrating: answer.migration,
    threshold: answer.t,
    shares: answer.n,
    progress: answer.progress,
    version: answer.version,
  };
}

const seals = ['shamir', 'transit'] as const;
/** which of the two has it, unless it was moved */
export const USUALLY: Record<Seal, ServerKind> = { shamir: 'bootstrap', transit: 'primary' };

/** cluster_name in deploy/vault/*.hcl */
const kindNamed = (name: string | undefined): ServerKind | undefined =>
  (['bootstrap', 'primary'] as const).find((kind) => name === `homepage-${kind}`);

/**
 * What is right for one of them is wrong for the other.
 * @throws Problem VAULT_OTHER_SERVER
 */
export async function requireKind(vault: Vault, wanted: ServerKind): Promise<SealStatus> {
  const status = await sealStatus(vault);
  if (status.kind === wanted) return status;
  const { kind, sealed, seal } = status;
  const is = kind === undefined ? 'has a seal that is none of ours' : `is the ${kind}`;
  // It tells its name when it is open.
  const maybe = wanted === 'primary' && seal === 'shamir' && sealed && status.initialised;
  throw new Problem(
    'VAULT_OTHER_SERVER',
    `The Vault at ${vault.address} ${maybe ? 'opens with keys, as the bootstrap does' : is}; ${wanted} was asked for.`,
    {
      field: 'VAULT_ADDR',
      fix: maybe
        ? 'Name the address of the other one. If it is the primary, which opens with keys since its seal was moved, open it first: homepage vault unseal'
        : 'Name the address of the other one, or the other kind.',
    },
  );
}

export type NewKeys = { /** base64 */ keys: string[]; rootToken: string };

/**
 * Sets an empty Vault up. What it answers is told this once and never again.
 * @param kind by its seal: "bootstrap" has keys that open it
 */
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
export async function unseal(
  vault: Vault,
  keys: string[],
  { migrate = false }: { /** also moves its seal */ migrate?: boolean } = {},
): Promise<boolean> {
  const open = vault.as(undefined);
  // Shares that somebody gave before belong to their attempt.
  await open.write('sys/unseal', { reset: true });
  for (const key of keys) {
    const answer = await open.make('sys/unseal', { key, migrate }).catch((cause: unknown) => {
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
