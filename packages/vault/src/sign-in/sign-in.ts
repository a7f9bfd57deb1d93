/** Signing in as a service or a job does: with a role-id, which is a name, and a secret-id, which is what opens. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { APPROLE } from '../desired/environment.ts';
import { withToken } from '../root-token.ts';

export type SignIn = { roleId: string; secretId: string };

/** Names of the files, and of the keys in a Secret of Kubernetes. */
export const ROLE_ID = 'role-id';
export const SECRET_ID = 'secret-id';

/**
 * @param folder with both files; a Secret that is mounted is one
 * @throws Problem VAULT_SIGN_IN_UNREADABLE
 */
export function readSignIn(folder: string): SignIn {
  const read = (file: string): string => {
    const path = join(folder, file);
    let why = 'is empty';
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text !== '') return text;
    } catch (error) {
      why = `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
    throw new Problem('VAULT_SIGN_IN_UNREADABLE', `${path} ${why}.`, {
      field: '--approle',
      fix: `Name the folder with ${ROLE_ID} and ${SECRET_ID} of the job, both readable by this user.`,
    });
  };
  return { roleId: read(ROLE_ID), secretId: read(SECRET_ID) };
}

/**
 * The token lives for this work alone.
 * @throws Problem VAULT_SIGN_IN_REFUSED
 */
export async function withSignIn<Result>(
  vault: Vault,
  { roleId: role_id, secretId: secret_id }: SignIn,
  work: (vault: Vault) => Promise<Result>,
): Promise<Result> {
  const { auth } = await vault
    .as(undefined)
    .make(`auth/${APPROLE}/login`, { role_id, secret_id })
    .catch((cause: unknown) => {
      throw cause instanceof Problem && REFUSED.includes(cause.code) ? refused(cause) : cause;
    });
  return withToken(vault, auth!.client_token, work);
}

const REFUSED = ['VAULT_REFUSED', 'VAULT_DENIED'];

const refused = (cause: Problem): Problem =>
  new Problem('VAULT_SIGN_IN_REFUSED', 'Vault does not take this role-id with this secret-id.', {
    field: '--approle',
    fix: 'A secret-id ends after a week, or was taken back, or may not be used from this address. A quorum of keys makes another.',
    command: 'homepage vault rotate secret-ids --help',
    cause,
  });
