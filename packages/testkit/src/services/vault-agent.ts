/** A real Vault agent, as it stands beside a service. */
import { chownSync, copyFileSync, existsSync, linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../programs/find.ts';
import { makeOwnFolder } from './owned.ts';
import { Service } from './service.ts';

export type VaultAgent = { service: Service; remove(): Promise<void> };

export type VaultAgentOptions = {
  /** HCL */
  configuration: string;
  /** it is ready when these are there */
  files: string[];
  /** whose the files shall be */
  user?: { uid: number; gid: number } | undefined;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when a file is not written within half a minute */
export async function startVaultAgent({
  configuration,
  files,
  user,
}: VaultAgentOptions): Promise<VaultAgent> {
  const program = requireProgram('vault');
  const folder = makeOwnFolder('vault-agent');
  const file = join(folder.path, 'agent.hcl');
  writeFileSync(file, configuration, { mode: 0o600 });
  if (user) for (const path of [folder.path, file]) chownSync(path, user.uid, user.gid);
  const command = user ? forEverybody(program, join(folder.path, 'vault')) : program;
  const service = new Service({
    name: 'vault-agent',
    command,
    args: ['agent', '-config', file],
    folder: folder.path,
    user,
    env: { HOME: folder.path },
    ready: async () => {
      const missing = files.find((path) => !existsSync(path));
      if (missing !== undefined) throw new Error(`${missing} is not written`);
    },
  });
  await service.start().catch((error: unknown) => {
    folder.remove();
    throw error;
  });
  return {
    service,
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}

/** What was built here lies below a home folder, which another user may not look into. */
function forEverybody(program: string, place: string): string {
  try {
    linkSync(program, place);
  } catch {
    copyFileSync(program, place); // another disk
  }
  return place;
}
