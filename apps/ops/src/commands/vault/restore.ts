import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { decryption } from '@homepage/backup';
import { openLocation } from '@homepage/platform';
import { restoreSnapshot, type Restored, type ServerKind } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { targetOf } from '../backup/places.ts';
import { moment } from '../backup/words.ts';
import { asOperator, openVault, readKeys, type ServerOptions, type WhoOptions } from './server.ts';

export type RestoreOptions = ServerOptions &
  WhoOptions & { from?: string; identityFile?: string; yes?: boolean };

export async function restore(
  shell: Shell,
  server: ServerKind,
  id: string | undefined,
  options: RestoreOptions,
): Promise<Outcome> {
  const { from, yes = false } = options;
  const vault = openVault(shell, options);
  const settings = shell.settings();
  const identityFile =
    options.identityFile === undefined ? settings.backup.identityFile : shell.path(options.identityFile);
  // Standard input can be read once, and keys may be needed twice.
  const keys = options.keysFile === undefined ? undefined : await readKeys(shell, options.keysFile);
  const storage = await openLocation(targetOf(settings, from));
  try {
    const restored = await restoreSnapshot(vault, {
      server,
      storage,
      id,
      decrypt: (recipients) => decryption(recipients, identityFile),
      workFile: workFileFor(vault.address),
      keys,
      async confirm({ takenAt }) {
        if (yes) return true;
        if (!shell.interactive)
          throw new UsageProblem(
            `The ${server} at ${vault.address} has data, and nobody is there to be asked.`,
            'Add --yes to write the snapshot over it.',
          );
        return shell.ask(
          `Write the ${server} as it was at ${moment(takenAt)} over the one at ${vault.address}?`,
        );
      },
      asOperator: (work) => asOperator(shell, vault, { ...options, ...(keys && { keys }) }, work),
    });
    if (!restored) return { ok: true, json: { server, restored: false }, text: 'Nothing was changed.' };
    return { ok: true, json: { server, restored: true, ...restored }, text: asText(server, restored) };
  } finally {
    storage.close();
    vault.close();
  }
}

/** Where nobody else may write: what lies there says that a Vault with data is blank. */
function workFileFor(address: string): string {
  const folder = join(homedir(), '.cache/homepage/vault-restores');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${createHash('sha256').update(address).digest('hex').slice(0, 12)}.json`);
}

function asText(server: ServerKind, { id, takenAt, sealed, rootTokens }: Restored): string {
  const what = `The ${server} is as it was at ${moment(takenAt)} (${id}).`;
  const roots =
    rootTokens === null
      ? [
          'If the snapshot was taken with keys, the root token of that run is alive in it: homepage vault up takes it back.',
          `  $ homepage vault up ${server} --keys-file <file>`,
        ]
      : [`Root tokens that were alive in it and are taken back: ${rootTokens}.`];
  if (!sealed) return [`${what} It is open.`, ...roots].join('\n');
  return [
    `${what} It is sealed: open it with the keys that it had then.`,
    '  $ homepage vault unseal --keys-file <file>',
    ...roots,
  ].join('\n');
}
