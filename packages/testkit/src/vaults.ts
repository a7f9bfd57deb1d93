/** Both Vaults, set up as `homepage vault` does it: the bootstrap, and the primary that it opens. */
import { chownSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  agentConfiguration,
  filesOf,
  initialise,
  onKubernetes,
  services,
  unseal,
  untilActive,
  up,
  Vault,
  withRoot,
  type Environment,
  type Wanted,
} from '@homepage/vault';
import { makeAuthority, type Authority } from './services/certificates.ts';
import { makeOwnFolder } from './services/owned.ts';
import { startVaultAgent, type VaultAgent } from './services/vault-agent.ts';
import { freePort } from './services/service.ts';
import { startVault, type VaultProcess } from './services/vault.ts';

const deploy = resolve(import.meta.dirname, '../../../deploy/vault');

export type VaultSide = {
  process: VaultProcess;
  /** as nobody */
  client: Vault;
  keys: string[];
  wanted: Wanted;
};

export type Vaults = {
  authority: Authority;
  bootstrap: VaultSide;
  primary: VaultSide;
  /** every node of the primary, the one above first; one by default */
  nodes: VaultProcess[];
  /** the token of the primary's seal */
  sealTokenFile: string;
  /** where each server is reached; tests fill it in as they start some */
  ports: Record<string, number>;
  environment(name: string): Environment;
  /** As root of one of them, for this once. */
  asRoot<Result>(side: 'bootstrap' | 'primary', work: (root: Vault) => Promise<Result>): Promise<Result>;
  /** Opens the bootstrap and waits until it answers. */
  openBootstrap(): Promise<void>;
  /** What a service signs in with, as files of its user. */
  signInFiles(environment: string, service: string, user?: Owner): Promise<SignIn>;
  /** The agent beside a service, once it has written its files. */
  startAgent(
    environment: string,
    service: string,
    options?: {
      user?: Owner | undefined;
      once?: boolean;
      /** where Sentinels watch several Valkeys: theirs */
      sentinels?: { host: string; port: number }[];
      /** between looks at secrets */ renderSeconds?: number | undefined;
      /** of files that the service knows by another name than ours */
      names?: Record<string, string> | undefined;
    },
  ): Promise<RunningAgent>;
  remove(): Promise<void>;
};

type Owner = { uid: number; gid: number };
export type SignIn = {
  roleIdFile: string;
  secretIdFile: string;
  /** of Vault's certificate */ caFile: string;
};
export type RunningAgent = VaultAgent & {
  /** the folder that it writes */
  secrets: string;
  signIn: SignIn;
};

/** @throws Problem PROGRAM_MISSING; nothing is left running then */
export async function startVaults({ prepare = true, primaries = 1 } = {}): Promise<Vaults> {
  const started: { remove(): Promise<void> | void }[] = [];
  const remove = async (): Promise<void> => {
    for (const part of started.splice(0).toReversed()) await part.remove();
  };
  try {
    const folder = makeOwnFolder('vaults');
    started.push(folder);
    const authority = await makeAuthority('Homepage Vault CA');
    const sealTokenFile = join(folder.path, 'seal-token');
    const ports: Record<string, number> = {};
    const environment = (name: string): Environment => ({
      ...onKubernetes(name, ['127.0.0.0/8']),
      hosts: (service) => ({ host: 'localhost', port: ports[service] ?? 1 }),
    });
    const wantedOf = (kind: Wanted['kind'], { logs }: VaultProcess): Wanted => ({
      kind,
      folder: deploy,
      auditLog: join(logs, 'audit.log'),
      environments: [environment('dev'), environment('prod')],
      sealTokenFile,
    });
    const side = async (kind: Wanted['kind'], process: VaultProcess): Promise<VaultSide> => {
      const client = new Vault({ address: process.address, ca: process.ca });
      started.push(process, { remove: () => client.close() });
      const { keys, rootToken } = await initialise(client, kind, { shares: 3, threshold: 2 });
      if (kind === 'bootstrap') await unseal(client, keys.slice(0, 2));
      await untilActive(client);
      const wanted = wantedOf(kind, process);
      const root = client.as(rootToken);
      if (prepare || kind === 'bootstrap') await up(root, wanted);
      await root.write('auth/token/revoke-self');
      return { process, client, keys, wanted };
    };
    const bootstrap = await side('bootstrap', await startVault(authority));
    const sealedBy = { address: bootstrap.process.address, tokenFile: sealTokenFile };
    const nodePorts = await Promise.all(Array.from({ length: primaries }, () => freePort()));
    const addresses = nodePorts.map((port) => `https://127.0.0.1:${port}`);
    const startNode = (port: number, index: number): Promise<VaultProcess> =>
      startVault(authority, {
        sealedBy,
        ...(primaries > 1 && { node: { name: `primary-${index}`, port, addresses } }),
      });
    const primary = await side('primary', await startNode(nodePorts[0]!, 0));
    const nodes = [primary.process];
    // They join the first one, and open themselves.
    for (const [index, port] of [...nodePorts.entries()].slice(1)) {
      const node = await startNode(port, index);
      started.push(node);
      nodes.push(node);
    }
    const sides = { bootstrap, primary };
    const asRoot: Vaults['asRoot'] = (name, work) =>
      withRoot(sides[name].client, sides[name].keys.slice(0, 2), work);
    const signInFiles: Vaults['signInFiles'] = async (environmentName, service, user) => {
      const role = `auth/approle/role/${environmentName}-${service}`;
      const place = makeOwnFolder('sign-in');
      started.push(place);
      const inPlace = (file: string): string => join(place.path, file);
      const files = {
        roleIdFile: inPlace('role-id'),
        secretIdFile: inPlace('secret-id'),
        caFile: inPlace('ca.crt'),
      };
      await asRoot('primary', async (root) => {
        const { data: roleId } = (await root.read(`${role}/role-id`))!;
        const { data: secretId } = await root.make(`${role}/secret-id`);
        writeFileSync(files.roleIdFile, String(roleId!['role_id']));
        writeFileSync(files.secretIdFile, String(secretId!['secret_id']));
        writeFileSync(files.caFile, primary.process.ca);
      });
      if (user) for (const path of [place.path, ...Object.values(files)]) chownSync(path, user.uid, user.gid);
      return files;
    };
    return {
      authority,
      ...sides,
      nodes,
      sealTokenFile,
      ports,
      environment,
      asRoot,
      async openBootstrap() {
        await unseal(bootstrap.client, bootstrap.keys.slice(0, 2));
        await untilActive(bootstrap.client);
      },
      signInFiles,
      async startAgent(name, service, { user, once, sentinels, renderSeconds = 60, names = {} } = {}) {
        const secrets = makeOwnFolder('secrets');
        if (user) chownSync(secrets.path, user.uid, user.gid);
        const { caFile, ...signIn } = await signInFiles(name, service, user);
        const where = { ...environment(name), ...(sentinels && { sentinels }) };
        const configuration = agentConfiguration({
          environment: where,
          service,
          folder: deploy,
          vault: { address: primary.process.address, caFile },
          ...signIn,
          secrets: secrets.path,
          ...(once !== undefined && { once }),
        });
        const looksEvery = `static_secret_render_interval = "${renderSeconds}s"`;
        const files = filesOf(
          where,
          services.find((one) => one.name === service)!,
        );
        const renamed = Object.entries(names).reduce(
          (text, [ours, its]) => text.replaceAll(join(secrets.path, ours), join(secrets.path, its)),
          configuration,
        );
        const agent = await startVaultAgent({
          configuration: renamed.replace('static_secret_render_interval = "60s"', looksEvery),
          files: files.map((file) => join(secrets.path, names[file] ?? file)),
          user,
        });
        return {
          service: agent.service,
          secrets: secrets.path,
          signIn: { caFile, ...signIn },
          async remove() {
            await agent.remove();
            secrets.remove();
          },
        };
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
