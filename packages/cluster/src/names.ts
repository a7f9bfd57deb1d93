/**
 * The one file of each overlay that a fork's own names are in: hosts, issuers, images by digest. It is a Kustomize component,
 * made of homepage.config.ts, environments.ts and deploy/images.lock, which has the names of this site's images from the first.
 */
import { issuingMount, POD_NETWORK, roleOf, secretNameOf } from '@homepage/vault';
import type { ClusterEnvironment, EnvironmentName } from './environments.ts';
import { signInsOf } from './sign-ins.ts';
import type { Shape } from './workloads.ts';

/** deploy/images.lock */
export type ImagesLock = { images: Record<string, { name: string; digest: string | null }> };

/** Names that manifests use → keys of deploy/images.lock. */
export const images: Record<'site' | 'cluster', Record<string, string>> = {
  site: {
    'homepage-backend': 'backend',
    'homepage-frontend': 'frontend',
    postgres: 'postgres',
    'postgres-exporter': 'postgres-exporter',
    valkey: 'valkey',
    'redis-exporter': 'redis-exporter',
    minio: 'minio',
    'minio-client': 'minio-client',
    vault: 'vault',
  },
  cluster: { 'homepage-backend': 'backend', vault: 'vault', 'vault-k8s': 'vault-k8s' },
};

/** In place of a digest that nobody asked a registry for: no image has it, so nothing starts, and deploying refuses it. */
export const UNRESOLVED = `sha256:${'0'.repeat(64)}`;

/** @throws Error when the lock lacks an image */
function pinned(key: string, { images: locked }: ImagesLock): { newName: string; digest: string } {
  const image = locked[key];
  if (!image) throw new Error(`deploy/images.lock has no image "${key}".`);
  return { newName: image.name, digest: image.digest ?? UNRESOLVED };
}

/** A part that overlays take in, as Kustomize calls it. */
export const component = (fields: object): object => ({
  apiVersion: 'kustomize.config.k8s.io/v1alpha1',
  kind: 'Component',
  ...fields,
});

const imagesOf = (place: keyof typeof images, lock: ImagesLock): object[] =>
  Object.entries(images[place]).map(([name, key]) => ({ name, ...pinned(key, lock) }));

const MIDDLEWARES = ['headers', 'rate-limit', 'body-limit'];

/** For overlays/dev and overlays/prod. */
export function namesOfEnvironment(environment: ClusterEnvironment, lock: ImagesLock): object {
  const { namespace, host, issuer } = environment;
  const middlewares = MIDDLEWARES.map((name) => `${namespace}-${name}@kubernetescrd`).join(',');
  return component({
    images: imagesOf('site', lock),
    configMapGenerator: [
      { name: 'site', literals: [`PUBLIC_URL=https://${host}`] },
      { name: 'frontend-place', literals: [`place.conf=${placeConf(namespace)}`] },
    ],
    patches: [
      patch({ kind: 'Ingress', name: 'homepage' }, [
        ['/metadata/annotations/cert-manager.io~1cluster-issuer', issuer],
        ['/metadata/annotations/traefik.ingress.kubernetes.io~1router.middlewares', middlewares],
        ['/spec/tls/0/hosts/0', host],
        ['/spec/rules/0/host', host],
      ]),
      patch({ kind: 'Service', name: 'api' }, [
        [
          '/metadata/annotations/traefik.ingress.kubernetes.io~1service.serverstransport',
          `${namespace}-api@kubernetescrd`,
        ],
      ]),
      patch({ kind: 'Issuer', name: 'vault' }, [
        ['/spec/vault/path', `${issuingMount(environment.name)}/sign/traefik`],
        ['/spec/vault/auth/appRole/roleId', roleOf(environment.name, 'traefik')],
      ]),
      ...renewed(environment.name, 'single'),
    ],
  });
}

/** For overlays/cluster. */
export function namesOfCluster(lock: ImagesLock): object {
  const { newName, digest } = pinned('vault', lock);
  return component({
    images: imagesOf('cluster', lock),
    patches: [
      patch({ kind: 'Deployment', name: 'vault-agent-injector' }, [
        // AGENT_INJECT_VAULT_IMAGE: a name in a variable is none that Kustomize knows.
        ['/spec/template/spec/containers/0/env/0/value', `${newName}@${digest}`],
      ]),
    ],
  });
}

/** For overlays/prod-ha, besides those of prod. */
export function namesOfHa(lock: ImagesLock): object {
  const { newName, digest } = pinned('cloudnative-pg', lock);
  return component({
    patches: [
      patch({ kind: 'Cluster', name: 'postgresql' }, [['/spec/imageName', `${newName}@${digest}`]]),
      ...renewed('prod', 'ha'),
    ],
  });
}

/** Whose secret-ids the job makes, and which Secrets it may change: the same. */
function renewed(environment: EnvironmentName, shape: Shape): object[] {
  const names = signInsOf(environment, shape);
  const args = [
    ...['apps/ops/src/main.ts', 'vault', 'rotate', 'secret-ids', 'primary', `--environment=${environment}`],
    ...['--address=https://vault.vault.svc:8200', '--ca=/vault/tls/ca.crt'],
    ...['--approle=/vault/approle', '--to-kubernetes', '--only', ...names],
  ];
  return [
    patch({ kind: 'Role', name: 'secret-ids' }, [['/rules/0/resourceNames', names.map(secretNameOf)]]),
    patch({ kind: 'CronJob', name: 'secret-ids' }, [
      ['/spec/jobTemplate/spec/template/spec/containers/0/args', args],
    ]),
  ];
}

const patch = (
  target: { kind: string; name: string },
  changes: [path: string, value: string | string[]][],
): object => ({
  target,
  patch: changes
    .map(([path, value]) => {
      const written = typeof value === 'string' ? value : JSON.stringify(value);
      return `- op: replace\n  path: ${path}\n  value: ${written}\n`;
    })
    .join(''),
});

/** Two processes of the API at least, with what each takes (docs/limits.md). */
const PROCESSES = 2;
const MOST = { api: 24, api_writes: 8, api_files: 40 };

/**
 * nginx's /etc/nginx/local/place.conf. The address of a Service never changes, so it is asked for once; which process gets a
 * connection is decided behind it.
 */
function placeConf(namespace: string): string {
  const upstream = ([name, most]: [string, number]): string =>
    [
      `upstream ${name} {`,
      `  zone ${name} 128k;`,
      `  server api.${namespace}.svc.cluster.local:3000 max_fails=0 max_conns=${most * PROCESSES};`,
      `  keepalive ${most * PROCESSES};`,
      '}',
    ].join('\n');
  return [
    'include /etc/nginx/tls.conf;',
    '# Traefik, and nobody else gets here.',
    `set_real_ip_from ${POD_NETWORK};`,
    ...Object.entries(MOST).map(upstream),
    'map $changes $api {\n  0 https://api;\n  default https://api_writes;\n}',
    'map "" $api_files {\n  default https://api_files;\n}',
    '',
  ].join('\n');
}
