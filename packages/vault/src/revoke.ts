/** A service or a job is compromised: what it signs in with, and what it is signed in as, opens nothing from here on. */
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { roleOf, rolePath } from './desired/environment.ts';
import { identitiesOf, jobsOf } from './desired/jobs.ts';
import { secrets } from './desired/secrets.ts';
import { unlessGone } from './root-token.ts';

export type Revoked = {
  /** how many of each were taken back */
  secretIds: number;
  tokens: number;
  /** what the service could read: whoever had it knows these values until they are changed */
  known: { path: string; rotation: string }[];
  /** whose secret-ids it could make: whoever had it may sign in as each of these until that one is revoked, too */
  couldSignInAs: string[];
};

/**
 * Safe to run again. The new secret-id is made in between: whoever stole the old one has no moment in which only his works.
 * @param keep called with what the service signs in with from now on, before anything else is taken back
 * @throws Problem VAULT_SERVICE_UNKNOWN
 */
export async function revokeService(
  root: Vault,
  environment: string,
  service: string,
  keep: (secretId: string) => Promise<void> | void,
): Promise<Revoked> {
  const names = identitiesOf(environment);
  if (!names.includes(service))
    throw new Problem(
      'VAULT_SERVICE_UNKNOWN',
      `There is no service and no job "${service}" in ${environment}.`,
      {
        fix: `Name one of ${names.join(', ')}.`,
      },
    );
  const role = rolePath(environment, service);
  const { data } = await root.make(`${role}/secret-id`);
  const fresh = data as { secret_id: string; secret_id_accessor: string };
  try {
    await keep(fresh.secret_id);
  } catch (error) {
    // Nobody has it.
    await root.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor: fresh.secret_id_accessor });
    throw error;
  }
  // First what signs in: while that is good, tokens come again.
  const old = (await root.list(`${role}/secret-id`)).filter((one) => one !== fresh.secret_id_accessor);
  for (const secret_id_accessor of old)
    await root.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor });
  const tokens = await tokensOf(root, roleOf(environment, service));
  for (const accessor of tokens) await root.write('auth/token/revoke-accessor', { accessor });
  const may =
    jobsOf(environment)
      .find(({ name }) => name === service)
      ?.may(environment) ?? [];
  const couldSignInAs = names.filter(
    (name) => name !== service && may.some(({ path }) => path === `${rolePath(environment, name)}/secret-id`),
  );
  const known = secrets
    .filter(({ readers }) => readers.some((reader) => reader === service || couldSignInAs.includes(reader)))
    .map(({ path, rotation }) => ({ path, rotation }));
  return { secretIds: old.length, tokens: tokens.length, known, couldSignInAs };
}

/** @returns accessors of all who signed in with this role */
async function tokensOf(root: Vault, role: string): Promise<string[]> {
  const found: string[] = [];
  for (const accessor of await root.list('auth/token/accessors')) {
    const answer = await unlessGone(root.write('auth/token/lookup-accessor', { accessor }));
    const meta = answer.data?.['meta'] as { role_name?: string } | null | undefined;
    if (meta?.role_name === role) found.push(accessor);
  }
  return found;
}
