/** Vault in development mode: in memory, open at once, with a certificate of its own. Nothing of it outlives it. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Vault } from '@homepage/vault';
import { requireProgram } from '../programs/find.ts';
import { makeOwnFolder } from './owned.ts';
import { Service } from './service.ts';

export type DevVault = {
  service: Service;
  address: string;
  caFile: string;
  /** with the root token, for this user alone */
  tokenFile: string;
  auditLog: string;
  /** as root: nothing in it is worth more */
  root: Vault;
  remove(): Promise<void>;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startDevVault(port: number): Promise<DevVault> {
  const command = requireProgram('vault');
  const folder = makeOwnFolder('vault-dev');
  const tls = join(folder.path, 'tls');
  mkdirSync(tls);
  const [caFile, tokenFile] = [join(tls, 'vault-ca.pem'), join(folder.path, 'token')];
  const token = randomBytes(20).toString('base64url');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const address = `https://127.0.0.1:${port}`;
  const service = new Service({
    name: 'vault-dev',
    command,
    args: ['server', '-dev', '-dev-tls', `-dev-tls-cert-dir=${tls}`, '-dev-no-store-token'],
    folder: folder.path,
    // Not as arguments: every user of the machine sees those.
    env: {
      HOME: folder.path,
      VAULT_DEV_ROOT_TOKEN_ID: token,
      VAULT_DEV_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    },
    ready: async () => {
      if (!existsSync(caFile)) throw new Error('it has no certificate yet');
      const vault = new Vault({ address, ca: readFileSync(caFile, 'utf8'), token });
      await vault
        .ask('GET', 'auth/token/lookup-self', undefined, { again: false })
        .finally(() => vault.close());
    },
  });
  try {
    await service.start();
  } catch (error) {
    folder.remove();
    throw error;
  }
  const root = new Vault({ address, ca: readFileSync(caFile, 'utf8'), token });
  return {
    service,
    address,
    caFile,
    tokenFile,
    auditLog: join(folder.path, 'audit.log'),
    root,
    async remove() {
      root.close();
      await service.stop();
      folder.remove();
    },
  };
}
