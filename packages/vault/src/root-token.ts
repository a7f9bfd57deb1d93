/** A root token for one run, made with a quorum of keys and revoked at the end: none is ever kept. */
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { wrongKeys } from './server.ts';

/** @throws Problem VAULT_KEYS_WRONG, VAULT_KEYS_FEW */
export async function withRoot<Result>(
  vault: Vault,
  keys: string[],
  work: (root: Vault) => Promise<Result>,
): Promise<Result> {
  return withToken(vault, await makeRootToken(vault.as(undefined), keys), work);
}

/** The token is revoked afterwards, whatever happened. */
export async function withToken<Result>(
  vault: Vault,
  token: string,
  work: (root: Vault) => Promise<Result>,
): Promise<Result> {
  const root = vault.as(token);
  try {
    return await work(root);
  } finally {
    await root.write('auth/token/revoke-self').catch((error: Problem) => {
      // A snapshot that was restored meanwhile does not know it.
      if (error.code !== 'VAULT_TOKEN_REFUSED') throw error;
    });
  }
}

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
