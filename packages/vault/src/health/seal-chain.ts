/** Whether one Vault opens the other, and never the other way round. */
import { connect } from 'node:tls';
import { once } from 'node:events';
import type { X509Certificate } from 'node:crypto';
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { environmentNames, KV } from '../desired/environment.ts';
import { secrets } from '../desired/secrets.ts';
import { pathsBelow } from '../secrets/store.ts';
import { sealStatus } from '../server.ts';

/** Names of what `vault up` makes: packages/vault/src/authorities.ts */
const OWN_AUTHORITY = new RegExp(`CN=Homepage (${environmentNames.join('|')}) (root|intermediate)`);
/** What the bootstrap is opened with must not lie behind it. */
const OF_THE_BOOTSTRAP = /unseal|seal[-_]?(key|token|share)|bootstrap/i;

/**
 * @param bootstrap undefined: there need be none, because the seal of the primary was moved to keys
 * @param primary signed in, or as nobody: then its secrets' names are not looked at
 * @returns how the two open
 * @throws Problem VAULT_SEAL_LOOP, VAULT_SEAL_UNCHAINED
 */
export async function requireChain(bootstrap: Vault | undefined, primary: Vault): Promise<string> {
  const [below, above] = [bootstrap && (await sealStatus(bootstrap)), await sealStatus(primary)];
  if (below && below.seal !== 'shamir')
    throw loop(
      'the bootstrap has no keys of its own: another Vault opens it',
      'Move its seal to keys of its own (Shamir).',
    );
  if (above.kind !== 'primary')
    throw new Problem('VAULT_SEAL_UNCHAINED', 'The primary opens with keys, not through the bootstrap.', {
      field: 'VAULT_ADDR',
      fix: 'Correct the address. If its seal was moved to keys, open it: it says who it is then. Otherwise give it deploy/vault/primary.hcl: a person would have to open it after each restart.',
    });
  if (bootstrap && (await sameCluster(bootstrap, primary)))
    throw loop('both addresses are of one Vault', 'Name the other one in VAULT_BOOTSTRAP_ADDR.');
  for (const [name, vault] of [
    ['bootstrap', bootstrap],
    ['primary', primary],
  ] as const) {
    if (vault && OWN_AUTHORITY.test((await certificateOf(vault)).issuer))
      throw loop(
        `the certificate of the ${name} comes from the primary itself`,
        'Give both of them certificates of an authority outside of Vault.',
      );
  }
  const hidden = primary.token === undefined || above.sealed ? undefined : await ofTheBootstrap(primary);
  if (hidden !== undefined) {
    const { path, key } = hidden;
    throw loop(
      `${KV}/${path}${key === undefined ? '' : `, key ${key},`} in the primary is what the bootstrap needs, by its name`,
      'Keep it outside of Vault, then remove it here with all its versions.',
      `vault kv metadata delete ${KV}/${path}`,
    );
  }
  if (above.migrating) return 'the seal of the primary is being moved: see homepage vault status';
  // Nobody gets there by chance: it took a quorum of keys.
  if (!below || above.seal === 'shamir')
    return `the primary opens with ${above.threshold} of ${above.shares} keys of its own, on purpose: a person or an unsealer gives them after each start`;
  return `the bootstrap opens with ${below.threshold} of ${below.shares} keys, the primary through it`;
}

/** While one is sealed it does not say. */
async function sameCluster(one: Vault, other: Vault): Promise<boolean> {
  const [first, second] = [await clusterOf(one), await clusterOf(other)];
  return first !== undefined && first === second;
}

const clusterOf = async (vault: Vault): Promise<unknown> =>
  (await vault.as(undefined).read('sys/seal-status'))?.['cluster_id'];

type Hidden = { path: string; /** undefined: its path says so */ key?: string };

/** By names alone: nobody reads a value for this. */
async function ofTheBootstrap(primary: Vault): Promise<Hidden | undefined> {
  const known = new Map(secrets.map(({ path, keys }) => [path, Object.keys(keys)]));
  for (const environment of await primary.list(`${KV}/metadata/`)) {
    for (const path of await pathsBelow(primary, environment)) {
      const ours = known.get(path.slice(environment.length));
      if (!ours && OF_THE_BOOTSTRAP.test(path)) return { path };
      const keys = await keysOf(primary, path);
      const key = keys.find((name) => !ours?.includes(name) && OF_THE_BOOTSTRAP.test(name));
      if (key !== undefined) return { path, key };
    }
  }
  return undefined;
}

async function keysOf(vault: Vault, path: string): Promise<string[]> {
  const answer = await vault.read(`${KV}/subkeys/${path}`).catch((error: Problem) => {
    // Another policy than the operator's may see where it is and not what is in it.
    if (error.code === 'VAULT_DENIED') return undefined;
    throw error;
  });
  return keyNames(answer?.data?.['subkeys']);
}

/** Of what lies in another, too. */
const keyNames = (keys: unknown): string[] =>
  typeof keys === 'object' && keys !== null
    ? Object.entries(keys).flatMap(([name, within]) => [name, ...keyNames(within)])
    : [];

/** What it shows; whether it is believed is told by every request. */
export async function certificateOf({ address }: Vault): Promise<X509Certificate> {
  const { hostname, port } = new URL(address);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
    return socket.getPeerX509Certificate()!;
  } finally {
    socket.destroy();
  }
}

function loop(why: string, fix: string, command?: string): Problem {
  return new Problem('VAULT_SEAL_LOOP', `After a power cut neither Vault would open: ${why}.`, {
    fix,
    ...(command !== undefined && { command }),
  });
}
