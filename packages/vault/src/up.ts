/** Brings a Vault to what it should be: looks, plans, and does. A second run finds nothing to do. */
import { Problem } from '@homepage/platform';
import type { Vault } from './client/client.ts';
import { lookAtAuthorities, planAuthorities, type RootKeys } from './authorities.ts';
import { encrypterFor } from './keys.ts';
import { bootstrapState } from './desired/bootstrap.ts';
import type { Environment } from './desired/environment.ts';
import { primaryState } from './desired/primary.ts';
import { lookAtSecrets, planSecrets, type Missing } from './kv.ts';
import { otherRootTokens, revokeTokens } from './root-token.ts';
import { requireWritable, requireWritableFile } from './secret-file.ts';
import { lookAtSealToken, makeSealToken } from './seal-token.ts';
import type { ServerKind } from './server.ts';
import { look } from './state/look.ts';
import { foreignSignIns } from './state/foreign.ts';
import { plan } from './state/plan.ts';
import type { DesiredState } from './state/setting.ts';
import type { Work } from './work.ts';

export type Wanted = {
  kind: ServerKind;
  /** deploy/vault */
  folder: string;
  /** of the audit log, as the server sees it */
  auditLog: string;
  /** of the primary */
  environments: Environment[];
  /** of the bootstrap: where the primary's token is written; undefined: none is made */
  sealTokenFile?: string | undefined;
  /** of the primary: whom the roots' keys are written for; undefined: they stay in Vault */
  rootKeys?: RootKeys | undefined;
};

export type UpPlan = {
  work: Work[];
  /** how much is as it should be */
  same: number;
  /** secrets that wait for a person */
  missing: Missing[];
  /** ways to sign in that are not ours, e.g. "userpass/": who can is not ours to know, so they are left */
  foreign: string[];
};

export type UpReport = UpPlan & { dryRun: boolean };

/**
 * @param vault open, as somebody who may do it
 * @param options.onStep called before each step
 * @throws Problem of what refuses; what was done stays, and the next run goes on
 */
export async function up(
  vault: Vault,
  wanted: Wanted,
  { dryRun = false, onStep = () => {} }: { dryRun?: boolean; onStep?: (work: Work) => void } = {},
): Promise<UpReport> {
  // Files are read and checked before anything is asked: Vault shows a key once.
  if (wanted.rootKeys) {
    encrypterFor(wanted.rootKeys.recipients);
    requireWritable(wanted.rootKeys.folder);
  }
  if (wanted.kind === 'bootstrap' && wanted.sealTokenFile !== undefined)
    requireWritableFile(wanted.sealTokenFile, '--seal-token-file');
  const desired = wanted.kind === 'bootstrap' ? bootstrapState(wanted) : primaryState(wanted);
  const planned = await planAll(vault, wanted, desired);
  if (!dryRun) {
    for (const [at, work] of planned.work.entries()) {
      onStep(work);
      await work.run(vault).catch((error: unknown) => {
        throw failedAt(work, planned.work.slice(0, at), error);
      });
    }
  }
  return { ...planned, dryRun };
}

/** What was done stays, and is told: nobody else will. */
function failedAt({ name, from }: Work, done: Work[], cause: unknown): unknown {
  if (!(cause instanceof Problem)) return cause;
  const { code, message, fix, command, field = from } = cause;
  const names = done.slice(-MOST_TOLD).map((work) => work.name);
  const before =
    done.length === 0
      ? 'Nothing was done before it.'
      : `Done before it: ${done.length > MOST_TOLD ? `${done.length - MOST_TOLD} more, and ` : ''}${names.join(', ')}.`;
  return new Problem(
    code,
    `${name}${from === undefined ? '' : `, as ${from} says`}: ${message.replace(/\.?$/, '.')} ${before}`,
    { fix, cause, ...(command !== undefined && { command }), ...(field !== undefined && { field }) },
  );
}

const MOST_TOLD = 10;

async function planAll(vault: Vault, wanted: Wanted, desired: DesiredState): Promise<UpPlan> {
  const { steps, same } = plan(desired, await look(vault, desired));
  const work: Work[] = steps.map(({ removes, calls, ...step }) => ({
    ...step,
    async run(vault) {
      for (const path of removes) await vault.remove(path);
      for (const { path, body } of calls) await vault.write(path, body);
    },
  }));
  const roots = await otherRootTokens(vault);
  // First: whoever has one could undo all that follows.
  if (roots.length > 0)
    work.unshift({
      name: `${roots.length} other root token${roots.length === 1 ? '' : 's'}`,
      action: 'remove',
      differences: [],
      run: (root) => revokeTokens(root, roots),
    });
  const missing: Missing[] = [];
  if (wanted.kind === 'primary') {
    for (const { name } of wanted.environments) {
      work.push(...planAuthorities(name, await lookAtAuthorities(vault, name), wanted.rootKeys));
      const secrets = planSecrets(name, await lookAtSecrets(vault, name));
      work.push(...secrets.work);
      missing.push(...secrets.missing);
    }
  } else if (wanted.sealTokenFile !== undefined) {
    const file = wanted.sealTokenFile;
    if (!(await lookAtSealToken(vault, file)))
      work.push({
        name: `token of the primary's seal in ${file}`,
        action: 'create',
        differences: [],
        run: (vault) => makeSealToken(vault, file),
      });
  }
  return { work, same: same.length, missing, foreign: await foreignSignIns(vault) };
}
