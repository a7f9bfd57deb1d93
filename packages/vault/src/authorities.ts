/**
 * The chain of authorities of an environment: a root that lives ten years signs an intermediate, which signs what services
 * show. https://developer.hashicorp.com/vault/api-docs/secret/pki
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { issuingMount, rootMount } from './desired/environment.ts';
import { INTERMEDIATE_LIFE, ROOT_LIFE } from './desired/primary.ts';
import { writeFor } from './keys.ts';
import type { Difference } from './state/plan.ts';
import type { Work } from './work.ts';

/** @property keyId of the key in Vault; empty: it has none there, and cannot sign */
export type Issuer = { id: string; certificate: X509Certificate; keyId: string };

/** Where the root's key goes, so that it is not in Vault: a file that only the private keys of these recipients read. */
export type RootKeys = { recipients: string[]; folder: string };

export const rootKeyFile = (folder: string, environment: string): string =>
  join(folder, `root-${environment}-key.age`);

export type Authorities = {
  root: Issuer | undefined;
  /** of the root, as it lies beside the intermediates */
  rootInChain: X509Certificate | undefined;
  /** those that can sign in this environment's name; the last is the newest */
  intermediates: Issuer[];
  /** what signs when nobody is named */
  defaultId: string | undefined;
};

export async function lookAtAuthorities(vault: Vault, environment: string): Promise<Authorities> {
  const roots = await issuersOf(vault, rootMount(environment));
  const issuing = issuingMount(environment);
  const all = await issuersOf(vault, issuing);
  const config = await vault.read(`${issuing}/config/issuers`);
  const byAge = (one: Issuer, other: Issuer): number =>
    one.certificate.validFromDate.getTime() - other.certificate.validFromDate.getTime();
  return {
    root: roots[0],
    rootInChain: all.find(({ certificate }) => certificate.subject === certificate.issuer)?.certificate,
    intermediates: all.filter(({ keyId }) => keyId !== '').toSorted(byAge),
    defaultId: (config?.data?.['default'] as string | undefined) || undefined,
  };
}

async function issuersOf(vault: Vault, mount: string): Promise<Issuer[]> {
  const issuers: Issuer[] = [];
  for (const id of await vault.list(`${mount}/issuers`)) {
    const { certificate, key_id: key } = (await vault.read(`${mount}/issuer/${id}`))!.data as {
      certificate: string;
      key_id: string;
    };
    issuers.push({ id, certificate: new X509Certificate(certificate), keyId: key });
  }
  return issuers;
}

/**
 * Each step leaves a state that the next run goes on from.
 * @param rootKeys undefined: the root's key stays in Vault
 * @throws Problem VAULT_ROOT_KEY_AWAY, VAULT_ROOT_KEY_INSIDE
 */
export function planAuthorities(
  environment: string,
  { root, rootInChain, intermediates, defaultId }: Authorities,
  rootKeys?: RootKeys,
): Work[] {
  const [rootPath, issuing] = [rootMount(environment), issuingMount(environment)];
  const work: Work[] = [];
  const add = (
    action: Work['action'],
    name: string,
    run: Work['run'],
    differences: Difference[] = [],
  ): void => void work.push({ action, name, run, differences });
  const written = rootKeys && existsSync(rootKeyFile(rootKeys.folder, environment));
  const newest = intermediates.at(-1);
  // Vault shows a key once. Nothing depends on this root yet: it is made again.
  const lost = root !== undefined && root.keyId !== '' && rootKeys !== undefined && !written;
  if (lost && newest) throw keyInside(environment);
  if (lost)
    add('remove', `root authority of ${environment} whose key was never written`, async (vault) => {
      await vault.remove(`${rootPath}/root`);
    });
  // A run that removed its key was ended in between.
  if (!root && newest && rootInChain)
    add('create', `certificate of the root of ${environment}`, (vault) =>
      importRoot(vault, environment, rootInChain),
    );
  else if (!root || lost)
    add('create', `root authority of ${environment}`, (vault) => makeRoot(vault, environment, rootKeys));
  if (!newest) {
    if (root && root.keyId === '') throw keyAway(environment);
    add('create', `intermediate authority of ${environment}`, async (vault) => {
      await makeIntermediate(vault, environment);
    });
  } else if (newest.id !== defaultId)
    add(
      'change',
      `intermediate that signs in ${environment}`,
      async (vault) => void (await vault.write(`${issuing}/config/issuers`, { default: newest.id })),
      [{ field: 'default', is: defaultId, wanted: newest.id }],
    );
  if (rootKeys && root?.keyId !== '')
    add('remove', `key of the root of ${environment} from Vault`, (vault) =>
      removeRootKey(vault, environment),
    );
  return work;
}

function keyAway(environment: string): Problem {
  return new Problem('VAULT_ROOT_KEY_AWAY', `The key of the root of ${environment} is not in Vault.`, {
    fix: 'Give it for one run, decrypted, with a quorum of keys in a file in memory; it is removed again.',
    command: `age -d -i me root-${environment}-key.age | homepage vault rotate intermediate --environment ${environment} --keys-file /dev/shm/keys --root-key-file -`,
  });
}

function keyInside(environment: string): Problem {
  return new Problem(
    'VAULT_ROOT_KEY_INSIDE',
    `The key of the root of ${environment} was made to stay in Vault, and certificates depend on it.`,
    {
      fix: 'Vault gives no key out afterwards. Leave --root-recipient out, or name the folder with its file.',
    },
  );
}

/** Vault removes no key that an issuer uses: the certificate goes with it and comes back alone. */
async function removeRootKey(vault: Vault, environment: string): Promise<void> {
  const path = rootMount(environment);
  const withKey = (await issuersOf(vault, path)).filter(({ keyId }) => keyId !== '');
  for (const { id } of withKey) await vault.remove(`${path}/issuer/${id}`);
  for (const id of await vault.list(`${path}/keys`)) await vault.remove(`${path}/key/${id}`);
  for (const { certificate } of withKey) await importRoot(vault, environment, certificate);
}

async function importRoot(vault: Vault, environment: string, certificate: X509Certificate): Promise<void> {
  await vault.make(`${rootMount(environment)}/issuers/import/cert`, { pem_bundle: certificate.toString() });
}

async function makeRoot(vault: Vault, environment: string, rootKeys: RootKeys | undefined): Promise<void> {
  const kind = rootKeys ? 'exported' : 'internal';
  const { data } = await vault.make(`${rootMount(environment)}/root/generate/${kind}`, {
    common_name: `Homepage ${environment} root`,
    issuer_name: 'root',
    key_type: 'ec',
    key_bits: 384,
    ttl: `${ROOT_LIFE}s`,
    // One generation below it and no more.
    max_path_length: 1,
  });
  if (rootKeys)
    await writeFor(
      rootKeys.recipients,
      rootKeyFile(rootKeys.folder, environment),
      data!['private_key'] as string,
    );
}

/**
 * A new intermediate signs from now on.
 * @param rootKey PEM of the root's key, where that is not in Vault; it is removed from there again, whatever happens
 * @throws Problem VAULT_ROOT_KEY_AWAY, VAULT_ROOT_KEY_WRONG
 */
export async function renewIntermediate(
  vault: Vault,
  environment: string,
  rootKey: string | undefined,
): Promise<X509Certificate> {
  const path = rootMount(environment);
  if (rootKey === undefined) {
    const { root } = await lookAtAuthorities(vault, environment);
    if (root?.keyId === '') throw keyAway(environment);
    return renewed();
  }
  try {
    await vault.make(`${path}/issuers/import/bundle`, { pem_bundle: rootKey });
    if ((await lookAtAuthorities(vault, environment)).root?.keyId === '')
      throw new Problem('VAULT_ROOT_KEY_WRONG', `This is not the key of the root of ${environment}.`, {
        field: '--root-key-file',
        fix: 'Decrypt the file that was written when the root was made.',
      });
    return await renewed();
  } finally {
    await removeRootKey(vault, environment);
  }

  async function renewed(): Promise<X509Certificate> {
    const id = await makeIntermediate(vault, environment);
    const { intermediates } = await lookAtAuthorities(vault, environment);
    return intermediates.find((issuer) => issuer.id === id)!.certificate;
  }
}

/**
 * A new key, and a certificate for it from the root. It becomes the one that signs; what older ones signed stays good.
 * @returns its id
 */
export async function makeIntermediate(vault: Vault, environment: string): Promise<string> {
  const [rootPath, issuing] = [rootMount(environment), issuingMount(environment)];
  const name = `Homepage ${environment} intermediate`;
  const request = await vault.make(`${issuing}/intermediate/generate/internal`, {
    common_name: name,
    key_type: 'ec',
    key_bits: 256,
  });
  const signed = await vault.make(`${rootPath}/root/sign-intermediate`, {
    csr: request.data!['csr'] as string,
    common_name: name,
    ttl: `${INTERMEDIATE_LIFE}s`,
    max_path_length: 0,
  });
  const { certificate, issuing_ca: root } = signed.data as { certificate: string; issuing_ca: string };
  // With the root, so that whoever gets a certificate is told the whole chain.
  const imported = await vault.make(`${issuing}/intermediate/set-signed`, {
    certificate: `${certificate}\n${root}\n`,
  });
  const keys = imported.data!['mapping'] as Record<string, string>;
  const id = Object.keys(keys).find((issuer) => keys[issuer] !== '')!;
  await vault.write(`${issuing}/config/issuers`, { default: id });
  return id;
}
