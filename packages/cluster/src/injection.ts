/**
 * What tells the injector to put Vault's agent beside a workload: annotations, and the volume that they name.
 * https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations
 */
import {
  agentConfiguration,
  agentTemplates,
  issuingMount,
  onKubernetes,
  services,
  withSentinels,
} from '@homepage/vault';
import { isJob, secretOf, type Shape, type Workload } from './workloads.ts';

const PREFIX = 'vault.hashicorp.com/';
const SECRETS = '/vault/secrets';
const ADDRESS = 'https://vault.vault.svc:8200';
const TOKEN = 'vault-token';

/** MinIO knows its certificate by these names only. */
const NAMES_OF_MINIO: [ours: string, its: string][] = [
  ['/tls.crt', '/public.crt'],
  ['/tls.key', '/private.key'],
];

/** Servers beside which somebody else tells them of new files. */
export const reloaded = ['postgresql', 'valkey'] as const;
type Reloaded = (typeof reloaded)[number];

/**
 * A patch for the workload, complete by itself.
 * @param folder deploy/vault
 */
export function injectionPatch(
  workload: Workload,
  environment: string,
  shape: Shape,
  folder: string,
): object {
  const template = {
    metadata: { annotations: annotationsOf(workload, environment, shape, folder) },
    spec: {
      volumes: [
        {
          // The injector wants to see a token of the service account. This one is of no use at the API server.
          name: TOKEN,
          projected: {
            sources: [{ serviceAccountToken: { audience: 'vault', expirationSeconds: 3600, path: 'token' } }],
          },
        },
      ],
    },
  };
  return {
    apiVersion: isJob(workload) ? 'batch/v1' : 'apps/v1',
    kind: workload.kind,
    metadata: { name: workload.name },
    spec: workload.kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template },
  };
}

function annotationsOf(
  workload: Workload,
  environment: string,
  shape: Shape,
  folder: string,
): Record<string, string> {
  const service = services.find(({ name }) => name === workload.vault);
  if (!service) throw new Error(`Vault has no service "${workload.vault}" for ${workload.name}.`);
  const place = onKubernetes(environment);
  const templates = agentTemplates(
    { environment: shape === 'ha' ? withSentinels(place) : place, folder, secrets: SECRETS },
    service,
  );
  const said: Record<string, string> = {
    'agent-inject': 'true',
    ...(isJob(workload) && { 'agent-pre-populate-only': 'true' }),
    // Each server and its agent are the same user: files are for nobody else.
    'agent-run-as-user': String(workload.user),
    'agent-run-as-group': String(workload.user),
    'agent-requests-cpu': '25m',
    'agent-requests-mem': '64Mi',
    'agent-limits-cpu': '250m',
    'agent-limits-mem': '128Mi',
    'agent-service-account-token-volume-name': TOKEN,
    service: ADDRESS,
    'tls-secret': 'vault-ca',
    'ca-cert': '/vault/tls/ca.crt',
    'auth-type': 'approle',
    'auth-path': 'auth/approle',
    'agent-extra-secret': secretOf(workload),
    'auth-config-role-id-file-path': '/vault/custom/role-id',
    'auth-config-secret-id-file-path': '/vault/custom/secret-id',
    'auth-config-remove-secret-id-file-after-reading': 'false',
    'template-config-exit-on-retry-failure': 'false',
    'template-static-secret-render-interval': '60s',
    // As deploy/vault/agent/agent.hcl; vault-k8s knows it from 1.7 on.
    'template-lease-renewal-threshold': '0.67',
  };
  for (const { file, contents } of templates) {
    said[`agent-inject-secret-${file}`] =
      pathIn(contents) ?? `${issuingMount(environment)}/issue/${service.name}`;
    said[`agent-inject-template-${file}`] = (changes[workload.name] ?? same)(contents).trimEnd();
    said[`agent-inject-perms-${file}`] = '0600';
    said[`error-on-missing-key-${file}`] = 'true';
  }
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [PREFIX + name, value]));
}

/**
 * The injector gives a pod one agent, and those of PostgreSQL and Valkey have two identities: what signs in to tell the server of
 * its new files is another one than the server. So a second agent stands there, with this configuration (base/postgresql, base/valkey).
 * @param once as the init container has it: it ends when all is written
 */
export const reloaderAgent = (server: Reloaded, environment: string, folder: string, once: boolean): string =>
  agentConfiguration({
    environment: onKubernetes(environment),
    service: `${server}-reloader`,
    folder,
    vault: { address: ADDRESS, caFile: '/vault/tls/ca.crt' },
    roleIdFile: '/vault/custom/role-id',
    secretIdFile: '/vault/custom/secret-id',
    secrets: '/reloader/secrets',
    once,
  });

/** Valkey looks for its certificate by itself from 9.1 on: nobody has to be able to set it, only to have the list of users loaded. */
const withoutConfigSet = (contents: string): string => contents.replace(' +config|set', '');

const renamed = (contents: string): string =>
  NAMES_OF_MINIO.reduce((text, [ours, its]) => text.replaceAll(SECRETS + ours, SECRETS + its), contents);

const same = (contents: string): string => contents;
const changes: Record<string, (contents: string) => string> = { minio: renamed, valkey: withoutConfigSet };

/** The first path that a template reads. */
const pathIn = (contents: string): string | undefined =>
  /\{\{-? ?with (?:secret|pkiCert) "([^"]+)"/.exec(contents)?.[1];
