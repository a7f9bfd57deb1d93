import { Problem } from '@homepage/platform';
import { lookAtSealToken, sealStatus, type SealStatus } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { openVault, sealTokenFileOf, type ServerOptions } from './server.ts';

export type StatusOptions = ServerOptions & { sealTokenFile?: string };

export async function status(shell: Shell, options: StatusOptions): Promise<Outcome> {
  const vault = openVault(shell, options);
  const sealTokenFile = sealTokenFileOf(shell, options);
  try {
    const seal = await sealStatus(vault).catch((error: unknown) => {
      throw mayWait(error);
    });
    const token =
      sealTokenFile === undefined || seal.sealed ? undefined : await lookAtSealToken(vault, sealTokenFile);
    const tokenWrong = sealTokenFile !== undefined && !seal.sealed && token === undefined;
    const json = {
      address: vault.address,
      server: seal.kind ?? null,
      version: seal.version,
      initialised: seal.initialised,
      sealed: seal.sealed,
      seal: seal.seal ?? null,
      migrating: seal.migrating,
      threshold: seal.threshold,
      shares: seal.shares,
      progress: seal.progress,
      sealToken: token ?? null,
    };
    const lines = [
      `${nameOf(seal)} at ${vault.address}, version ${seal.version}: ${inWords(seal)}`,
      ...(seal.initialised && !seal.migrating ? sealInWords(seal) : []),
      ...(token
        ? [`The token of the primary's seal lives ${days(token.ttl)} more, and longer when it is renewed.`]
        : []),
      ...(tokenWrong
        ? [
            `The token in ${sealTokenFile} is none that opens the primary: make another with "homepage vault up bootstrap".`,
          ]
        : []),
    ];
    return { ok: seal.initialised && !seal.sealed && !tokenWrong, json, text: lines.join('\n') };
  } finally {
    vault.close();
  }
}

/** The primary asks the bootstrap at its start, and ends when it is sealed or away: from here it looks as if nobody were there. */
function mayWait(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'VAULT_AWAY') return error;
  const { code, message, field, command } = error;
  return new Problem(code, message, {
    fix: `${error.fix} If it is the primary, it probably waits for the bootstrap: it ends at its start as long as that is sealed or away. Look there first.`,
    ...(field !== undefined && { field }),
    ...(command !== undefined && { command }),
    cause: error,
  });
}

const days = (seconds: number): string => `${(seconds / 86_400).toFixed(1)} days`;

/** One that is sealed does not say who it is. */
function nameOf({ kind, initialised, sealed, seal, migrating }: SealStatus): string {
  if (kind === undefined) return 'A Vault with another seal';
  return initialised && sealed && seal === 'shamir' && !migrating ? 'A Vault' : kind;
}

function inWords({ initialised, sealed, seal, migrating, threshold, progress }: SealStatus): string {
  if (!initialised) return 'never set up. Next: homepage vault init';
  if (migrating)
    return sealed
      ? `sealed, and waits for its seal to be moved to ${seal}: ${progress} of ${threshold} keys given. Next: homepage vault unseal --migrate ${seal} --keys-file -`
      : `open; its seal is being moved to ${seal}.`;
  if (!sealed) return 'open.';
  if (seal === 'shamir')
    return `sealed, ${progress} of ${threshold} keys given. Next: homepage vault unseal --keys-file -`;
  return 'sealed. It opens itself once the bootstrap is open and takes its token.';
}

function sealInWords({ seal, threshold, shares }: SealStatus): string[] {
  if (seal === 'shamir') return [`Seal: keys (Shamir). ${threshold} of ${shares} open it.`];
  if (seal === 'transit')
    return [
      `Seal: Transit of another Vault. ${threshold} of ${shares} recovery keys let you change it, and open nothing.`,
    ];
  return [];
}
