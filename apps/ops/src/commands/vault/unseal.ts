import { setTimeout as wait } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { Problem } from '@homepage/platform';
import { startOpsServer } from '@homepage/platform/ops';
import { requireKind, unseal, type Vault } from '@homepage/vault';
import { whenInterrupted } from '../../interrupt.ts';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { openVault, readKeys, type ServerOptions } from './server.ts';

export type UnsealOptions = ServerOptions & { keysFile: string; stay?: boolean };

const LOOK_EVERY_MS = 2_000;

/** The bootstrap alone is opened with keys; the primary opens itself. */
export async function openBootstrap(shell: Shell, options: UnsealOptions): Promise<Outcome> {
  const keys = await readKeys(shell, options.keysFile);
  const vault = openVault(shell, options);
  try {
    if (options.stay) return await stay(shell, vault, keys);
    const opened = await openOnce(vault, keys);
    const text = opened
      ? 'The bootstrap is open now.'
      : 'The bootstrap is open already. Nothing was changed.';
    return { ok: true, json: { address: vault.address, sealed: false, changed: opened }, text };
  } finally {
    vault.close();
  }
}

/** @returns false when it was open */
async function openOnce(vault: Vault, keys: string[]): Promise<boolean> {
  const { initialised, sealed, threshold } = await requireKind(vault, 'bootstrap');
  if (!initialised)
    throw new Problem('VAULT_NOT_INITIALISED', `Vault at ${vault.address} was never set up.`, {
      fix: 'Set it up first; its keys are shown once.',
      command: 'homepage vault init bootstrap',
    });
  if (!sealed) return false;
  if (await unseal(vault, keys)) return true;
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
  let closed: Error | undefined = new Error('the bootstrap was not asked yet');
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
  tell(`Opening the bootstrap at ${vault.address} whenever it is sealed.`);
  while (!signal.aborted) {
    await openOnce(vault, keys).then(
      (opened) => {
        closed = undefined;
        tell(opened ? 'Opened the bootstrap.' : 'The bootstrap is open.');
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
