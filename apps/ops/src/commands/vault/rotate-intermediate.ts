import { renewIntermediate, requireKind, requirePrivateKey } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { asOperator, openVault, readInput, type ServerOptions, type WhoOptions } from './server.ts';

export type RotateIntermediateOptions = ServerOptions &
  WhoOptions & { environment?: string; rootKeyFile?: string };

export async function rotateIntermediate(shell: Shell, options: RotateIntermediateOptions): Promise<Outcome> {
  const { environment, rootKeyFile, keysFile } = options;
  if (environment === undefined) throw new UsageProblem('--environment is missing.', 'Name dev or prod.');
  if (rootKeyFile === '-' && keysFile === '-')
    throw new UsageProblem(
      'Standard input cannot be both files.',
      'Name a file for one of them, in memory (/dev/shm).',
    );
  const rootKey =
    rootKeyFile === undefined ? undefined : await readInput(shell, '--root-key-file', rootKeyFile);
  if (rootKey !== undefined) requirePrivateKey(rootKey);
  const vault = openVault(shell, options);
  try {
    await requireKind(vault, 'primary');
    const certificate = await asOperator(shell, vault, options, (operator) =>
      renewIntermediate(operator, environment, rootKey),
    );
    const serial = certificate.serialNumber;
    const notAfter = certificate.validToDate.toISOString();
    return {
      ok: true,
      json: { environment, serial, notAfter },
      text: `A new intermediate signs in ${environment}: ${serial}, until ${notAfter.slice(0, 10)}. What the one before signed stays good until it ends.`,
    };
  } finally {
    vault.close();
  }
}
