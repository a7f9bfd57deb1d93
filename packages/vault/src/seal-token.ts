/** The token that the primary asks the bootstrap with. It lives as long as somebody renews it, and the primary does. */
import { existsSync, readFileSync } from 'node:fs';
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { tokenIn } from './client/token.ts';
import { SEAL_POLICY } from './desired/bootstrap.ts';
import { writeSecret } from './secret-file.ts';

/**
 * For so long the primary may be away before its token ends, in seconds: 32 days, the longest that a Vault gives.
 * Then a person makes a new one with `homepage vault up bootstrap`.
 */
export const SEAL_TOKEN_PERIOD = 768 * 3600;

export type SealToken = { /** seconds until it ends unless it is renewed */ ttl: number };

/**
 * @returns undefined when there is no file, or no such token any more, or it is not as it should be
 * @throws Problem VAULT_TOKEN_UNREADABLE, VAULT_TOKEN_INVALID
 */
export async function lookAtSealToken(vault: Vault, file: string): Promise<SealToken | undefined> {
  if (!existsSync(file)) return undefined;
  const token = tokenIn(read(file), file);
  if (token === '') return undefined;
  const data = await vault
    .as(token)
    .read('auth/token/lookup-self')
    .then(
      (answer) => answer?.data,
      (error: unknown) => {
        const { code } = error as Problem;
        if (code === 'VAULT_TOKEN_REFUSED' || code === 'VAULT_DENIED') return undefined;
        throw error;
      },
    );
  if (!data) return undefined;
  const { orphan, period, renewable, policies, ttl } = data as Record<string, unknown>;
  const asItShould =
    orphan === true &&
    period === SEAL_TOKEN_PERIOD &&
    renewable === true &&
    String(policies as string[]) === SEAL_POLICY;
  return asItShould ? { ttl: ttl as number } : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Problem('VAULT_TOKEN_UNREADABLE', `${file} cannot be read (${code}).`, {
      field: file,
      fix: 'Name the file with the token, which this user may read.',
      cause,
    });
  }
}

/** @param vault as somebody who may make tokens */
export async function makeSealToken(vault: Vault, file: string): Promise<void> {
  const { auth } = await vault.make('auth/token/create-orphan', {
    policies: [SEAL_POLICY],
    no_default_policy: true,
    period: `${SEAL_TOKEN_PERIOD}s`,
    renewable: true,
    display_name: 'seal of the primary',
  });
  const token = auth!.client_token;
  try {
    // No line end: kubectl makes a Secret of the file as it is, and Vault refuses a VAULT_TOKEN with one.
    writeSecret(file, token);
  } catch (error) {
    // Nobody has it, and it would live for a month.
    await vault.write('auth/token/revoke', { token });
    throw error;
  }
}
