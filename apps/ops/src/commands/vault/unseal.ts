import { setTimeout as wait } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { Problem } from '@homepage/platform';
import { startOpsServer } from '@homepage/platform/ops';
import { sealStatus, unseal, type Seal, type ServerKind, type Vault } from '@homepage/vault';
import { whenInterrupted } from '../../interrupt.ts';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { migrate } from './migrate-seal.ts';
import { openVault, readKeys, type ServerOptions } from './server.ts';

export type UnsealOptions = ServerOptions & {
  keysFile: string;
  stay?: boolean;
  migrate?: Seal;
  yes?: boolean;
};

const LOOK_EVERY_MS = 2_000;

/** What opens with keys: the bootstrap, and a primary whose seal was moved to them. Any other primary opens itself. */
export async function openWithKeys(shell: Shell, options: UnsealOptions): Promise<Outcome> {
  if (options.stay && options.migrate)
    throw new UsageProblem('--stay and --migrate exclude each other.', 'A seal is moved once.');
  const keys = await readKeys(shell, options.keysFile);
  const vault = openVault(shell, options);
  try {
    if (options.migrate) return await migrate(shell, vault, options.migrate, keys, options);
    if (options.stay) return await stay(shell, vault, keys);
    const { opened, server } = await openOnce(vault, keys);
    const text = opened
      ? `The ${server} is open now.`
      : `The ${server} is open already. Nothing was changed.`;
    return { ok: true, json: { address: vault.address, server, sealed: false, changed: opened }, text };
  } finally {
    vault.close();
  }
}

type Opened = { /** false: it was open */ opened: boolean; server: ServerKind };

async function openOnce(vault: Vault, keys: string[]): Promise<Opened> {
  const { initialised, sealed, threshold, seal, migrating, kind } = await sealStatus(vault);
  if (migrating && sealed)
    throw new Problem(
      'VAULT_SEAL_MOVING',
      `The Vault at ${vault.address} waits for keys that move its seal.`,
      {
        fix: 'Do so, or take what was changed in its configuration back and restart it.',
        command: `homepage vault unseal --migrate ${seal ?? ''}`,
      },
    );
  if (seal !== 'shamir')
    throw new Problem(
      'VAULT_OTHER_SERVER',
      `No key opens the Vault at ${vault.address}: another Vault does.`,
      {
        field: 'VAULT_ADDR',
        fix: 'Open the bootstrap; the primary follows. Name the address of the bootstrap.',
      },
    );
  if (!initialised)
    throw new Problem('VAULT_NOT_INITIALISED', `Vault at ${vault.address} was never set up.`, {
      fix: 'Set it up first; its keys are shown once.',
      command: 'homepage vault init bootstrap',
    });
  if (!sealed) return { opened: false, server: kind ?? 'bootstrap' };
  if (await unseal(vault, keys)) {
    // It tells its name now.
    const { kind: server } = await sealStatus(vault);
    return { opened: true, server: server ?? 'bootstrap' };
  }
  throw new Problem('VAULT_KEYS_FEW', `${keys.length} keys were given, and Vault asks for ${threshold}.`, {
    fix: 'Give them all at once, one a line; the same key twice counts once.',
  });
}

/** What stands beside the bootstrap, so that it opens after a power cut: each change is told once. */
async function stay(shell: Shell, vault: Vault, keys: string[]): Promise<Outcome> {
  const { signal, ignore } = whenInterrupted();
  let told = '';
  const tell = (what: string): void => {
    if (what !== told) shell.note(what);
    told = what;
  };
  let closed: Error | undefined = new Error('the Vault was not asked yet');
  const { opsHost, opsPort } = shell.settings();
  const ops = await startOpsServer({
    host: opsHost,
    port: opsPort,
    orNextFree: true,
    registry: new Registry(),
    ready() {
      if (closed) throw closed;
    },
  });
  shell.note(`Health and metrics: http://${opsHost}:${ops.port}/readyz`);
  tell(`Opening the Vault at ${vault.address} whenever it is sealed.`);
  while (!signal.aborted) {
    await openOnce(vault, keys).then(
      ({ opened, server }) => {
        closed = undefined;
        tell(opened ? `Opened the ${server}.` : `The ${server} is open.`);
      },
      (error: Error) => {
        closed = error;
        tell(error.message);
      },
    );
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  ignore();
  await ops.close();
  return { ok: true, json: undefined, text: '' };
}
