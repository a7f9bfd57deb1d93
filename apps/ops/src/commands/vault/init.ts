import { initialise, KeyFiles, requireKind, unseal, untilActive, type ServerKind } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem, wholeNumber } from '../../usage.ts';
import { listIn, openVault, type ServerOptions } from './server.ts';

export type InitOptions = ServerOptions & {
  shares?: string;
  threshold?: string;
  recipient?: string[];
  keysFolder: string;
};

const HELP = 'homepage vault init';

/** Sets an empty Vault up. The root token that it answers with is revoked at once; keys make another when one is needed. */
export async function init(shell: Shell, kind: ServerKind, options: InitOptions): Promise<Outcome> {
  const { shares: givenShares, threshold: givenThreshold, keysFolder } = options;
  const recipients = options.recipient ?? listIn(shell, 'VAULT_RECIPIENTS') ?? [];
  const shares = wholeNumber('--shares', givenShares ?? String(Math.max(3, recipients.length)), 10, HELP);
  const threshold = wholeNumber(
    '--threshold',
    givenThreshold ?? String(Math.floor(shares / 2) + 1),
    shares,
    HELP,
  );
  if (threshold === 1 && shares > 1)
    throw new UsageProblem(
      '--threshold must be 2 or more when there are several keys.',
      `See: ${HELP} --help`,
    );
  const vault = openVault(shell, options);
  try {
    const { initialised } = await requireKind(vault, kind);
    if (initialised) {
      const text = `The ${kind} is set up already; its keys were shown then. Nothing was changed.`;
      return { ok: true, json: { server: kind, address: vault.address, changed: false }, text };
    }
    const files =
      recipients.length > 0 ? new KeyFiles(shell.path(keysFolder), kind, recipients, shares) : undefined;
    const { keys, rootToken } = await initialise(vault, kind, { shares, threshold });
    // Before anything else can fail: nobody can be told them again.
    await files?.write(keys);
    const problem = await settle().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (problem) shell.note(`It is set up, and then: ${problem.message}`);
    const json = {
      server: kind,
      address: vault.address,
      changed: true,
      shares,
      threshold,
      ...(files ? { keyFiles: files.files } : { keys }),
    };
    return { ok: problem === undefined, json, text: asText(kind, keys, threshold, files?.files) };

    async function settle(): Promise<void> {
      if (kind === 'bootstrap') await unseal(vault, keys.slice(0, threshold));
      await untilActive(vault);
      await vault.as(rootToken).write('auth/token/revoke-self');
    }
  } finally {
    vault.close();
  }
}

function asText(kind: ServerKind, keys: string[], threshold: number, files: string[] | undefined): string {
  const use =
    kind === 'bootstrap'
      ? `${threshold} of these ${keys.length} keys open the bootstrap, and let you change it.`
      : `${threshold} of these ${keys.length} recovery keys let you change the primary. They do not open it: only the bootstrap's key does.`;
  return [
    `The ${kind} is set up.`,
    use,
    ...(files
      ? ['Each is in a file that its own private key of age reads:', ...files]
      : ['They are shown this once:', ...keys]
    ).map((line, at) => (at === 0 ? line : `  ${line}`)),
    `Next: homepage vault up ${kind} --keys-file <file>`,
  ].join('\n');
}
