import {
  identitiesIn,
  identitiesOfBootstrap,
  namespaceOf,
  requireKind,
  rotateSecretIds,
  SERVICE_ACCOUNT,
  toFolder,
  toSecrets,
  type environmentNames,
  type HandOver,
  type Rotated,
  type ServerKind,
} from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import { failureJson, failureText } from '../../report-problem.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { asOperator, openVault, type ServerOptions, type WhoOptions } from './server.ts';

export type RotateSecretIdsOptions = ServerOptions &
  WhoOptions & {
    environment?: (typeof environmentNames)[number];
    to?: string;
    toKubernetes?: boolean;
    namespace?: string;
    serviceAccount?: string;
    only?: string[];
    without?: string[];
    dryRun?: boolean;
  };

const HELP = 'See: homepage vault rotate secret-ids --help';

export async function rotateAll(
  shell: Shell,
  kind: ServerKind,
  options: RotateSecretIdsOptions,
): Promise<Outcome> {
  const { environment, only, without = [], dryRun = false } = options;
  if ((environment === undefined) !== (kind === 'bootstrap'))
    throw new UsageProblem(
      kind === 'primary' ? '--environment is missing.' : 'The bootstrap has no environments.',
      kind === 'primary' ? 'Name dev or prod.' : 'Leave --environment out.',
    );
  const all = environment === undefined ? identitiesOfBootstrap() : identitiesIn(environment);
  if (only && without.length > 0) throw new UsageProblem('--only and --without exclude each other.', HELP);
  const strange = [...(only ?? []), ...without].find((name) => !all.some((one) => one.name === name));
  if (strange !== undefined)
    throw new UsageProblem(
      `There is no '${strange}'.`,
      `Name any of ${all.map(({ name }) => name).join(', ')}.`,
    );
  const handOver = handOverTo(shell, options);
  const vault = openVault(shell, options);
  try {
    await requireKind(vault, kind);
    const wanted = all.filter(({ name }) => (only?.includes(name) ?? true) && !without.includes(name));
    const rotated = await asOperator(shell, vault, options, (job) =>
      rotateSecretIds(job, wanted, handOver, { dryRun }),
    );
    return {
      ok: rotated.every(({ error }) => error === null),
      json: {
        server: kind,
        environment: environment ?? null,
        dryRun,
        secretIds: rotated.map(toJson),
      },
      text: [...rotated.map((one) => asText(one, dryRun)), summary(rotated, dryRun)].join('\n'),
    };
  } finally {
    vault.close();
  }
}

/** @throws UsageProblem; Problem CLUSTER_NOT_IN_POD */
function handOverTo({ env, path }: Shell, options: RotateSecretIdsOptions): HandOver {
  const { environment, to, toKubernetes = false, namespace, serviceAccount = SERVICE_ACCOUNT } = options;
  if ((to === undefined) === !toKubernetes)
    throw new UsageProblem('Name one place: --to <folder> or --to-kubernetes.', HELP);
  if (to !== undefined) return toFolder(path(to));
  return toSecrets({
    host: env['KUBERNETES_SERVICE_HOST'],
    port: env['KUBERNETES_SERVICE_PORT'],
    serviceAccount: path(serviceAccount),
    namespace: namespace ?? (environment && namespaceOf(environment)),
  });
}

const toJson = ({ name, place, error }: Rotated): object => ({
  name,
  place,
  ok: error === null,
  ...failureJson(error),
});

const asText = ({ name, place, error }: Rotated, dryRun: boolean): string =>
  error === null ? `✓ ${name}: ${dryRun ? 'would go to' : 'is in'} ${place}` : failureText(name, error);

function summary(rotated: Rotated[], dryRun: boolean): string {
  const failed = rotated.filter(({ error }) => error !== null).map(({ name }) => name);
  if (failed.length > 0)
    return `Failed for ${failed.join(', ')}: each keeps what it has, which ends a week after it was made.`;
  if (dryRun) return `${rotated.length} could be made; nothing was.`;
  return `${rotated.length} new secret-ids; those before are good until their week is over.`;
}
