import { lookAtSealToken, sealStatus, type SealStatus } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { openVault, sealTokenFileOf, type ServerOptions } from './server.ts';

export type StatusOptions = ServerOptions & { sealTokenFile?: string };

export async function status(shell: Shell, options: StatusOptions): Promise<Outcome> {
  const vault = openVault(shell, options);
  const sealTokenFile = sealTokenFileOf(shell, options);
  try {
    const seal = await sealStatus(vault);
    const token =
      sealTokenFile === undefined || seal.sealed ? undefined : await lookAtSealToken(vault, sealTokenFile);
    const tokenWrong = sealTokenFile !== undefined && !seal.sealed && token === undefined;
    const json = {
      address: vault.address,
      server: seal.kind ?? null,
      version: seal.version,
      initialised: seal.initialised,
      sealed: seal.sealed,
      threshold: seal.threshold,
      shares: seal.shares,
      progress: seal.progress,
      sealToken: token ?? null,
    };
    const lines = [
      `${seal.kind ?? 'A Vault with another seal'} at ${vault.address}, version ${seal.version}: ${inWords(seal)}`,
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

const days = (seconds: number): string => `${(seconds / 86_400).toFixed(1)} days`;

function inWords({ initialised, sealed, kind, threshold, progress }: SealStatus): string {
  if (!initialised) return 'never set up. Next: homepage vault init';
  if (!sealed) return 'open.';
  if (kind === 'bootstrap')
    return `sealed, ${progress} of ${threshold} keys given. Next: homepage vault unseal --keys-file -`;
  return 'sealed. It opens itself once the bootstrap is open and takes its token.';
}
