import {
  initialise,
  KeyFiles,
  requireKind,
  unseal,
  uninterrupted,
  untilActive,
  type KeyFile,
  type ServerKind,
} from '@homepage/vault';
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
  if (threshold * 2 <= shares)
    throw new UsageProblem(
      `--threshold must be more than half of --shares: ${Math.floor(shares / 2) + 1} or more of ${shares}.`,
      `See: ${HELP} --help`,
    );
  if (recipients.length > shares)
    throw new UsageProblem(
      `There are ${recipients.length} recipients and ${shares} keys: somebody would get none.`,
      'Give --shares as many as there are recipients, or leave it out.',
    );
  const vault = openVault(shell, options);
  try {
    const { initialised } = await requireKind(vault, kind);
    if (initialised) {
      const text = [
        `The ${kind} is set up already. Nothing was changed.`,
        'It tells its keys once, to whoever set it up. If nobody has them and nothing is in it yet: remove its data, and set it up anew.',
      ].join('\n');
      return { ok: true, json: { server: kind, address: vault.address, changed: false }, text };
    }
    const alone = aloneAbove(threshold, shares, recipients);
    if (alone !== undefined)
      shell.note(`Whoever reads ${alone} has ${threshold} keys or more: a quorum alone.`);
    const files =
      recipients.length > 0 ? new KeyFiles(shell.path(keysFolder), kind, recipients, shares) : undefined;
    try {
      return await uninterrupted(
        () => shell.note('It ends when its keys are safe: Vault tells them once.'),
        () => setUp(files),
      );
    } finally {
      files?.release();
    }
  } finally {
    vault.close();
  }

  async function setUp(files: KeyFiles | undefined): Promise<Outcome> {
    const { keys, rootToken } = await initialise(vault, kind, { shares, threshold });
    // Before anything else can fail: nobody can be told them again.
    const unwritten = (await files?.write(keys)) ?? [];
    const problem = await settle().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (problem) shell.note(`It is set up, and then: ${problem.message}`);
    const lost = unwritten.map(({ file }) => file);
    const written = files?.files.filter((file) => !lost.includes(file));
    const json = {
      server: kind,
      address: vault.address,
      changed: true,
      shares,
      threshold,
      ...(written ? { keyFiles: written, unwritten } : { keys }),
    };
    return {
      ok: problem === undefined && unwritten.length === 0,
      json,
      text: asText(kind, keys, threshold, written, unwritten),
    };

    async function settle(): Promise<void> {
      if (kind === 'bootstrap') await unseal(vault, keys.slice(0, threshold));
      await untilActive(vault);
      await vault.as(rootToken).write('auth/token/revoke-self');
    }
  }
}

/** @returns a recipient who gets enough keys to need nobody else */
function aloneAbove(threshold: number, shares: number, recipients: string[]): string | undefined {
  const dealt = Array.from({ length: shares }, (_, at) => recipients[at % recipients.length]);
  return shares === 1
    ? undefined
    : recipients.find((one) => dealt.filter((other) => other === one).length >= threshold);
}

function asText(
  kind: ServerKind,
  keys: string[],
  threshold: number,
  files: string[] | undefined,
  unwritten: KeyFile[],
): string {
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
    ...unwritten.flatMap(({ file, text }) => [
      `${file} could NOT be written. This is what belongs in it, and is nowhere else; copy it now:`,
      text,
    ]),
    `Next: homepage vault up ${kind} --keys-file <file>`,
  ].join('\n');
}
