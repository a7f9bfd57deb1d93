import { encryption } from '@homepage/backup';
import { openLocation, type StorageLocation } from '@homepage/platform';
import { takeSnapshot, type ServerKind, type SnapshotManifest } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import { failureJson, failureText } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';
import { targetsOf } from '../backup/places.ts';
import { size } from '../backup/words.ts';
import { asOperator, openVault, type ServerOptions, type WhoOptions } from './server.ts';

export type SnapshotOptions = ServerOptions & WhoOptions & { to?: string[]; recipient?: string[] };

type Taken = { target: string; snapshot: SnapshotManifest | undefined; error: unknown };

/** To every target, whatever the others say. */
export async function snapshot(shell: Shell, server: ServerKind, options: SnapshotOptions): Promise<Outcome> {
  const vault = openVault(shell, options);
  const settings = shell.settings();
  const targets = targetsOf(settings, '--to', options.to);
  const recipients = options.recipient ?? settings.backup.recipients;
  const encrypt = encryption(recipients, options.recipient && '--recipient');
  try {
    const all = await asOperator(shell, vault, options, async (operator) => {
      const taken: Taken[] = [];
      for (const location of targets) taken.push(await takeTo(location, operator));
      return taken;

      async function takeTo(location: StorageLocation, from: typeof operator): Promise<Taken> {
        const { name: target } = location;
        const storage = await openLocation(location);
        try {
          const now = new Date();
          const made = await takeSnapshot(from, { server, storage, recipients, encrypt, now });
          return { target, snapshot: made, error: null };
        } catch (error) {
          // Nothing but the target itself differs from one to the next.
          if (targets.length === 1) throw error;
          return { target, snapshot: undefined, error };
        } finally {
          storage.close();
        }
      }
    });
    return {
      ok: all.every(({ error }) => error === null),
      json: { server, targets: all.map(toJson) },
      text: all.map(asText).join('\n'),
    };
  } finally {
    vault.close();
  }
}

const toJson = ({ target, snapshot: made, error }: Taken): object => ({
  target,
  ok: error === null,
  snapshot: made ?? null,
  ...failureJson(error),
});

function asText({ target, snapshot: made, error }: Taken): string {
  if (!made) return failureText(target, error);
  return `✓ ${target}: ${made.id}, ${size(made.bytes)}, for ${made.recipients.join(' and ')}`;
}
