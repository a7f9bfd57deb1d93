import { foreignInWords, requireKind, up, type ServerKind, type UpReport } from '@homepage/vault';
import { Problem } from '@homepage/platform';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import {
  asOperator,
  openVault,
  wantedOf,
  type ServerOptions,
  type WantedOptions,
  type WhoOptions,
} from './server.ts';

export type UpOptions = ServerOptions & WhoOptions & WantedOptions & { dryRun?: boolean };

export async function bringUp(shell: Shell, kind: ServerKind, options: UpOptions): Promise<Outcome> {
  const { dryRun = false } = options;
  const wanted = wantedOf(shell, kind, options);
  const vault = openVault(shell, options);
  const progress = shell.progress();
  try {
    const { initialised } = await requireKind(vault, kind);
    if (!initialised)
      throw new Problem('VAULT_NOT_INITIALISED', `Vault at ${vault.address} was never set up.`, {
        fix: 'Set it up first; its keys are shown once.',
        command: `homepage vault init ${kind}`,
      });
    let done = 0;
    const report = await asOperator(shell, vault, options, (operator) =>
      up(operator, wanted, { dryRun, onStep: ({ name }) => progress.show(`${++done}  ${name}`) }),
    );
    progress.end();
    return { ok: true, json: asJson(kind, report), text: asText(kind, report) };
  } finally {
    progress.end();
    vault.close();
  }
}

function asJson(server: ServerKind, { work, same, missing, foreign, dryRun }: UpReport): object {
  return {
    server,
    dryRun,
    changed: dryRun ? 0 : work.length,
    steps: work.map(({ name, action, differences }) => ({
      name,
      action,
      // null where there is nothing: JSON leaves undefined out
      differences: differences.map(({ field, is = null, wanted }) => ({ field, is, wanted })),
    })),
    unchanged: same,
    missing,
    foreign,
  };
}

function asText(kind: ServerKind, { work, same, missing, foreign, dryRun }: UpReport): string {
  const words = dryRun
    ? { create: 'would make', change: 'would change', remove: 'would remove' }
    : { create: 'made', change: 'changed', remove: 'removed' };
  const lines = work.flatMap(({ name, action, differences }) => [
    `${words[action]} ${name}`,
    ...(action === 'change'
      ? differences.map(({ field, is, wanted }) => `  ${field}: ${shown(is)} → ${shown(wanted)}`)
      : []),
  ]);
  const waiting = missing.map(
    ({ environment, path, keys }) => `kv/${environment}/${path} waits for you: ${keys.join(', ')}`,
  );
  const summary =
    work.length === 0
      ? `The ${kind} is as it should be; nothing was changed.`
      : `${work.length} of ${work.length + same} things ${dryRun ? 'differ; nothing was changed.' : 'were brought to what they should be.'}`;
  return [...lines, ...waiting, ...foreignInWords(foreign), summary].join('\n');
}

const shown = (value: unknown): string => {
  const text =
    typeof value === 'string' && value.includes('\n')
      ? `${value.split('\n').length} lines`
      : JSON.stringify(value);
  return text ?? 'nothing';
};
