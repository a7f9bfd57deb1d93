/** A real HashiCorp Vault with the configuration of deploy/vault: Raft storage, TLS, and a seal of its own or of another Vault. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { requireProgram } from '../programs/find.ts';
import type { Authority, Bundle } from './certificates.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder, writeWhole } from './owned.ts';
import { freePort, Service } from './service.ts';

const deploy = resolve(import.meta.dirname, '../../../../deploy/vault');

export type VaultProcess = {
  service: Service;
  /** e.g. https://127.0.0.1:41234 */
  address: string;
  /** PEM of the authority that its certificate comes from, and the file with it */
  ca: string;
  caFile: string;
  /** of its certificate's files; it takes others at `service.reload()` */
  secrets: string;
  useCertificate(bundle: Partial<Bundle>): void;
  /** where its data are */
  data: string;
  /** where its audit log may be written */
  logs: string;
  /** Its configuration from its next start on. undefined: it has no stanza, and opens with keys. */
  useSeal(seal: (TransitSeal & { disabled?: boolean }) | undefined): void;
  /** stops it and removes its data */
  remove(): Promise<void>;
};

/** A key of that Vault, and the file with what it is asked with, which is read at each start. */
export type TransitSeal = { address: string; tokenFile: string };

export type VaultOptions = {
  host?: Host | undefined;
  /** an empty folder for its data; one of its own by default */
  disk?: string | undefined;
  /** which of the two; by its seal without it */
  name?: 'bootstrap' | 'primary';
  /** opens itself so, and with keys otherwise */
  sealedBy?: TransitSeal;
  /** one of several: its name, its port, and the addresses of all */
  node?: { name: string; port: number; addresses: string[] };
  /** PEM that the certificate of that Vault comes from; the same as this one's by default */
  sealAuthority?: string;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start. It is not initialised yet. */
export async function startVault(authority: Authority, options: VaultOptions = {}): Promise<VaultProcess> {
  const { host = thisMachine, sealedBy, node } = options;
  const command = requireProgram('vault');
  const { name = sealedBy ? 'primary' : 'bootstrap' } = options;
  const folder = makeOwnFolder(`vault-${name}`);
  const inFolder = (part: string): string => join(folder.path, part);
  const data = options.disk ?? inFolder('data');
  const [secrets, logs] = [inFolder('tls'), inFolder('audit')];
  for (const path of [data, secrets, logs]) mkdirSync(path, { recursive: true });
  const useCertificate = (bundle: Partial<Bundle>): void => writeWhole(secrets, bundle);
  useCertificate(
    await authority.issue({
      name: `homepage-vault-${name}`,
      purpose: 'server',
      addresses: ['localhost', host.address],
    }),
  );
  const sealCa = join(secrets, 'seal-ca.crt');
  writeFileSync(sealCa, options.sealAuthority ?? authority.certificate);
  const port = node?.port ?? (await freePort());
  const address = `https://${host.address}:${port}`;
  // It may be given out again before anybody listens there.
  let clusterPort = await freePort();
  while (clusterPort === port) clusterPort = await freePort();
  const cluster = `${host.address}:${clusterPort}`;
  const configuration = readFileSync(join(deploy, node ? `ha/${name}-ha.hcl` : `${name}.hcl`), 'utf8')
    .replace(/^( *tls_ca_cert *= ).*$/m, `$1"${sealCa}"`)
    .replaceAll('/vault/data', data)
    .replaceAll('/vault/tls', secrets)
    .replace('"0.0.0.0:8200"', `"${host.address}:${port}"`)
    .replace('"0.0.0.0:8201"', `"${cluster}"`)
    .replace(/^(api_addr *= ).*$/m, `$1"${address}"`)
    .replace(/^(cluster_addr *= ).*$/m, `$1"https://${cluster}"`)
    .replace(
      /https:\/\/vault-(\d)\.vault-internal\.vault\.svc:8200/g,
      (_all, n) => node!.addresses[Number(n)]!,
    );
  let seal: TransitSeal | undefined;
  const useSeal: VaultProcess['useSeal'] = (wanted) => {
    seal = wanted;
    writeFileSync(inFolder('vault.hcl'), withSeal(configuration, wanted));
  };
  useSeal(sealedBy);
  const service = new Service({
    name: `vault-${name}`,
    command,
    args: ['server', '-config', inFolder('vault.hcl')],
    folder: folder.path,
    host,
    env: () => ({
      HOME: folder.path,
      ...(node && {
        VAULT_RAFT_NODE_ID: node.name,
        VAULT_API_ADDR: address,
        VAULT_CLUSTER_ADDR: `https://${cluster}`,
      }),
      ...(seal && existsSync(seal.tokenFile)
        ? { VAULT_TOKEN: readFileSync(seal.tokenFile, 'utf8').trim() }
        : {}),
    }),
    ready: () => answers(address, readFileSync(join(secrets, 'ca.crt'), 'utf8')),
  });
  await service.start();
  return {
    service,
    address,
    ca: authority.certificate,
    caFile: join(secrets, 'ca.crt'),
    secrets,
    useCertificate,
    data,
    logs,
    useSeal,
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}

function withSeal(configuration: string, seal: (TransitSeal & { disabled?: boolean }) | undefined): string {
  const stanza = /^seal "transit" \{\n([^}]*)\}\n/m;
  if (!seal) return configuration.replace(stanza, '');
  return configuration
    .replace(stanza, (all) => (seal.disabled ? all.replace('{\n', '{\n  disabled = "true"\n') : all))
    .replace('https://vault-bootstrap.vault.svc:8200', seal.address);
}

/** Sealed or not, set up or not: it says so. */
async function answers(address: string, ca: string): Promise<void> {
  const asked = request(`${address}/v1/sys/seal-status`, { ca, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`);
}
