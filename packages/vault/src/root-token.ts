/** A root token for one run, made with a quorum of keys and revoked at the end: none is ever kept. */
import { Problem } from '@homepage/platform';
import type { Answer, Vault } from './client/client.ts';
import { beforeInterrupted } from './interrupt.ts';
import { wrongKeys } from './server.ts';

/** @throws Problem VAULT_KEYS_WRONG, VAULT_KEYS_FEW */
export const withRoot = <Result>(
  vault: Vault,
  keys: string[],
  work: (root: Vault) => Promise<Result>,
): Promise<Result> => withToken(vault, makeRootToken(vault.as(undefined), keys), work);

/**
 * The token is revoked afterwards, whatever happened: also when the program is told to end, which it does then.
 * @param made also while it is being made it may be interrupted
 */
export async function withToken<Result>(
  vault: Vault,
  made: Promise<string> | string,
  work: (root: Vault) => Promise<Result>,
): Promise<Result> {
  let revoked: Promise<unknown> | undefined;
  const revoke = (): Promise<unknown> => (revoked ??= Promise.resolve(made).then(revokeToken));
  const leave = beforeInterrupted(() =>
    // Nobody is left to be told; the next `vault up` finds what is alive still.
    revoke().catch(() => {}),
  );
  try {
    const root = vault.as(await made);
    let result: Result;
    try {
      result = await work(root);
    } catch (error) {
      // Why the work failed is what a person can mend; the next `vault up` finds a token that is alive still.
      await revoke().catch(() => {});
      throw error;
    }
    await revoke();
    return result;
  } finally {
    leave();
  }

  async function revokeToken(token: string): Promise<void> {
    await vault
      .as(token)
      .write('auth/token/revoke-self')
      .catch((error: Problem) => {
        // A snapshot that was restored meanwhile does not know it.
        if (error.code !== 'VAULT_TOKEN_REFUSED') throw error;
      });
  }
}

/**
 * Accessors of root tokens besides the one that asks. A run that was killed leaves one, which never ends; so does a snapshot that
 * was taken as root, once it is restored. They can carry no mark of who made them.
 * @param vault whoever may not list tokens is told of none
 */
export async function otherRootTokens(vault: Vault): Promise<string[]> {
  const found: string[] = [];
  let accessors: string[];
  try {
    accessors = await vault.list('auth/token/accessors');
  } catch (error) {
    if ((error as Problem).code === 'VAULT_DENIED') return found;
    throw error;
  }
  const own = (await vault.read('auth/token/lookup-self'))?.data?.['accessor'];
  for (const accessor of accessors) {
    if (accessor === own) continue;
    const { data } = await unlessGone(vault.write('auth/token/lookup-accessor', { accessor }));
    if ((data?.['policies'] as string[] | undefined)?.includes('root')) found.push(accessor);
  }
  return found;
}

/** What was made with them as a child ends with them. */
export async function revokeTokens(root: Vault, accessors: string[]): Promise<void> {
  for (const accessor of accessors) await unlessGone(root.write('auth/token/revoke-accessor', { accessor }));
}

/** A token may end between the list and the look. @returns {} then */
export const unlessGone = (asked: Promise<Answer>): Promise<Answer> =>
  asked.catch((error: Problem): Answer => {
    if (error.code === 'VAULT_REFUSED' || error.code === 'VAULT_DENIED') return {};
    throw error;
  });

/** https://developer.hashicorp.com/vault/api-docs/system/generate-root */
async function makeRootToken(vault: Vault, keys: string[]): Promise<string> {
  const path = 'sys/generate-root';
  // One that somebody began and did not end would take our keys for its own.
  await vault.remove(`${path}/attempt`);
  const { nonce, otp, required } = (await vault.make(`${path}/attempt`)) as unknown as {
    nonce: string;
    otp: string;
    required: number;
  };
  try {
    for (const key of keys) {
      const answer = await vault.make(`${path}/update`, { nonce, key });
      if (answer['complete'] === true) return decoded(answer['encoded_token'] as string, otp);
    }
  } catch (cause) {
    await vault.remove(`${path}/attempt`);
    throw wrongKeys(cause);
  }
  await vault.remove(`${path}/attempt`);
  throw new Problem('VAULT_KEYS_FEW', `${keys.length} keys were given, and Vault asks for ${required}.`, {
    fix: 'Give them all at once, one a line.',
  });
}

/** It is told encrypted with what we were told before (RFC 4648 base64 without padding; exclusive or). */
function decoded(encoded: string, otp: string): string {
  const pad = Buffer.from(otp);
  return Buffer.from(Buffer.from(encoded, 'base64').map((byte, at) => byte ^ pad[at]!)).toString();
}
