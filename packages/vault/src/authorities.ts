/**
 * The chain of authorities of an environment: a root that lives ten years signs an intermediate, which signs what services
 * show. https://developer.hashicorp.com/vault/api-docs/secret/pki
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
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
export type Issuer = {
  id: string;
  certificate: X509Certificate;
  keyId: string;
  /** what it does when a certificate would live longer than itself */
  late: string;
};

/** Refuses: nobody believes such a certificate to its end. */
const LATE = 'err';

/** Where the root's key goes, so that it is not in Vault: a file that only the private keys of these recipients read. */
export type RootKeys = { recipients: string[]; folder: string };

/** The beginning of its fingerprint is in the name: the key of another root of that environment is never taken for it, nor written over. */
const rootKeyFile = (environment: string, { fingerprint256 }: X509Certificate): string =>
  `root-${environment}-key-${fingerprint256.replaceAll(':', '').slice(0, 8).toLowerCase()}.age`;

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
    const {
      certificate,
      key_id: keyId,
      leaf_not_after_behavior: late,
    } = (await vault.read(`${mount}/issuer/${id}`))!.data as {
      certificate: string;
      key_id: string;
      leaf_not_after_behavior: string;
    };
    issuers.push({ id, certificate: new X509Certificate(certificate), keyId, late });
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
  const written =
    rootKeys && root && existsSync(join(rootKeys.folder, rootKeyFile(environment, root.certificate)));
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
    if (root && root.keyId === '') throw keyAway(environment, root);
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
  for (const { id, late, certificate } of intermediates.filter((one) => one.late !== LATE))
    add(
      'change',
      `intermediate of ${environment} ${certificate.serialNumber}`,
      (vault) => vault.patch(`${issuing}/issuer/${id}`, { leaf_not_after_behavior: LATE }),
      [{ field: 'leaf_not_after_behavior', is: late, wanted: LATE }],
    );
  if (rootKeys && root?.keyId !== '')
    add('remove', `key of the root of ${environment} from Vault`, (vault) =>
      removeRootKey(vault, environment),
    );
  return work;
}

function keyAway(environment: string, { certificate }: Issuer): Problem {
  return new Problem('VAULT_ROOT_KEY_AWAY', `The key of the root of ${environment} is not in Vault.`, {
    fix: 'Give it for one run, decrypted, with a quorum of keys in a file in memory; it is removed again.',
    command: `age -d -i me ${rootKeyFile(environment, certificate)} | homepage vault rotate intermediate --environment ${environment} --keys-file /dev/shm/keys --root-key-file -`,
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

/**
 * Vault removes no key that an issuer uses: the certificate goes with it and comes back alone.
 * @param but keys that stay
 */
async function removeRootKey(vault: Vault, environment: string, but: string[] = []): Promise<void> {
  const path = rootMount(environment);
  const keys = (await vault.list(`${path}/keys`)).filter((id) => !but.includes(id));
  const withKey = (await issuersOf(vault, path)).filter(({ keyId }) => keys.includes(keyId));
  for (const { id } of withKey) await vault.remove(`${path}/issuer/${id}`);
  for (const id of keys) await vault.remove(`${path}/key/${id}`);
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
  if (!rootKeys) return;
  const { certificate, private_key: key } = data as { certificate: string; private_key: string };
  const file = rootKeyFile(environment, new X509Certificate(certificate));
  await writeFor(rootKeys.recipients, join(rootKeys.folder, file), key);
}

/** @throws Problem VAULT_ROOT_KEY_WRONG */
export function requirePrivateKey(text: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return;
  const encrypted = /^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text.trimStart());
  throw new Problem(
    'VAULT_ROOT_KEY_WRONG',
    encrypted
      ? 'The key of the root is encrypted.'
      : 'What was given as the key of the root is no private key in PEM.',
    {
      field: '--root-key-file',
      fix: 'Decrypt the file that was written when the root was made with age first: age -d -i me root-prod-key-….age > /dev/shm/root',
    },
  );
}

/**
 * A new intermediate signs from now on.
 * @param rootKey PEM of the root's key, where that is not in Vault; it is removed from there again, whatever happens
 * @throws Problem VAULT_ROOT_MISSING, VAULT_ROOT_KEY_AWAY, VAULT_ROOT_KEY_THERE, VAULT_ROOT_KEY_WRONG
 */
export async function renewIntermediate(
  vault: Vault,
  environment: string,
  rootKey: string | undefined,
): Promise<X509Certificate> {
  const { root } = await lookAtAuthorities(vault, environment);
  if (!root)
    throw new Problem('VAULT_ROOT_MISSING', `This Vault has no root of ${environment}.`, {
      fix: 'Bring it up, with the options that it was brought up with before.',
      command: 'homepage vault up primary --dry-run',
    });
  if (rootKey === undefined) {
    if (root.keyId === '') throw keyAway(environment, root);
    return renewed();
  }
  if (root.keyId !== '')
    throw new Problem('VAULT_ROOT_KEY_THERE', `The key of the root of ${environment} is in Vault already.`, {
      field: '--root-key-file',
      fix: 'Leave it out. A run that was killed may have left it there: "homepage vault up primary --root-recipient …" removes it again.',
    });
  const pem = requireKeyOf(root, environment, rootKey);
  const path = rootMount(environment);
  const before = await vault.list(`${path}/keys`);
  let certificate: X509Certificate;
  try {
    await vault.make(`${path}/issuers/import/bundle`, { pem_bundle: pem });
    certificate = await renewed();
  } catch (error) {
    // Why it failed is told; a key that is left is found by the next run.
    await removeRootKey(vault, environment, before).catch(() => {});
    throw error;
  }
  await removeRootKey(vault, environment, before);
  return certificate;

  async function renewed(): Promise<X509Certificate> {
    const id = await makeIntermediate(vault, environment);
    const { intermediates } = await lookAtAuthorities(vault, environment);
    return intermediates.find((issuer) => issuer.id === id)!.certificate;
  }
}

/**
 * Looked at here: a strange key never gets into Vault.
 * @returns PEM of the key, and of nothing else
 * @throws Problem VAULT_ROOT_KEY_WRONG
 */
function requireKeyOf({ certificate }: Issuer, environment: string, given: string): string {
  try {
    const key = createPrivateKey(given);
    if (certificate.checkPrivateKey(key)) return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // What OpenSSL says of a key is of no use to a person.
  }
  throw new Problem('VAULT_ROOT_KEY_WRONG', `This is not the key of the root of ${environment}.`, {
    field: '--root-key-file',
    fix: `Decrypt the file that was written when the root was made: ${rootKeyFile(environment, certificate)}`,
  });
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
