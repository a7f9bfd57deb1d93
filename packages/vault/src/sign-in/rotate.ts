/**
 * New secret-ids for all of an environment, before the old ones end. Those live on until their week is over, so nobody is cut
 * off by a new one; a stolen one is ended by `homepage vault revoke`.
 */
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { BOOTSTRAP, SNAPSHOT_JOB } from '../desired/bootstrap.ts';
import { APPROLE, roleOf } from '../desired/environment.ts';
import { identitiesOf } from '../desired/jobs.ts';
import { ROLE_ID, SECRET_ID, type SignIn } from './sign-in.ts';

/** Who gets one: `name` is what its folder and its Secret are called after. */
export type Identity = { name: string; role: string };

/** Where what somebody signs in with is put. */
export type HandOver = {
  /** as people say it */
  placeOf(name: string): string;
  /** Changes nothing. @throws Problem when it could not be put there */
  check(name: string): Promise<void>;
  /** Both at once, or none. */
  put(name: string, signIn: SignIn): Promise<void>;
};

/** error: null when it is there */
export type Rotated = { name: string; place: string; error: unknown };

/** The job itself first: without a sign-in of its own there is nobody to make any next week. */
export const identitiesIn = (environment: string): Identity[] =>
  identitiesOf(environment)
    .map((name) => ({ name, role: roleOf(environment, name) }))
    .toSorted((one, other) => Number(other.name === ROTATES) - Number(one.name === ROTATES));

const ROTATES = 'secret-ids';

/** The bootstrap has one who signs in, and that one renews itself. */
export const identitiesOfBootstrap = (): Identity[] => {
  const role = roleOf(BOOTSTRAP, SNAPSHOT_JOB);
  return [{ name: role, role }];
};

/**
 * One that fails does not keep the others from theirs, and keeps what it has. Where nothing could be put nothing is made.
 * @param vault as the job `secret-ids` of the environment; of the bootstrap as the one itself
 * @param options.dryRun asks and looks, makes nothing
 */
export async function rotateSecretIds(
  vault: Vault,
  identities: Identity[],
  handOver: HandOver,
  { dryRun = false } = {},
): Promise<Rotated[]> {
  const all: Rotated[] = [];
  for (const identity of identities) {
    const place = handOver.placeOf(identity.name);
    const error = await rotate(identity).then(
      () => null,
      (why: unknown) => why,
    );
    all.push({ name: identity.name, place, error });
  }
  return all;

  async function rotate({ name, role }: Identity): Promise<void> {
    const path = `auth/${APPROLE}/role/${role}`;
    const roleId = (await vault.read(`${path}/${ROLE_ID}`))?.data?.['role_id'];
    if (typeof roleId !== 'string') throw noRole(role);
    await handOver.check(name);
    if (dryRun) return;
    const { data } = await vault.make(`${path}/${SECRET_ID}`);
    await handOver.put(name, { roleId, secretId: String(data!['secret_id']) });
  }
}

const noRole = (role: string): Problem =>
  new Problem('VAULT_ROLE_MISSING', `Vault has no role ${role}.`, {
    fix: 'Bring it up: it makes each that is in packages/vault/src/desired.',
    command: 'homepage vault up --help',
  });
