/**
 * Who runs on the cluster, and who else is there: every workload of deploy/kubernetes with its tier and ports, and everybody
 * that somebody else runs. Edges (edges.ts) are between these.
 */
import { portOf, secretNameOf } from '@homepage/vault';

export type Tier = 'public' | 'app' | 'data';

/** "site" is each environment's own: homepage-dev, homepage-prod. */
export type Namespace = 'site' | 'vault' | 'monitoring' | 'cert-manager' | 'kube-system' | 'cnpg-system';

/** One of each, or several where a machine may be lost: overlays prod-ha and cluster-ha (docs/scale.md). */
export type Shape = 'single' | 'ha';
export const shapes: Shape[] = ['single', 'ha'];

export type Workload = {
  name: string;
  namespace: Namespace;
  tier: Tier;
  /** name of the container's port → number; empty: nobody connects to it */
  ports: Record<string, number>;
  /** the AppRole that it signs in to Vault with (packages/vault/src/desired/services.ts) */
  vault?: string | undefined;
  /** of its containers and of the agent beside them: files are for this user alone */
  user: number;
  kind: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';
  /** undefined: in both */
  only?: Shape;
};

/** Not rendered by us, and why it is there. */
export type Elsewhere = {
  name: string;
  tier?: Tier;
  why: string;
  only?: Shape;
} & (
  | {
      at: 'pods';
      namespace: Namespace;
      labels: Record<string, string>;
      /** others that Services select by */
      more?: Record<string, string>;
      ports: Record<string, number>;
    }
  /** networks of addresses; of the internet all but private ones */
  | { at: 'addresses'; ports: Record<string, number> }
);

const NOBODY = 65532;
const POSTGRES = 999;

const site = (
  name: string,
  tier: Tier,
  kind: Workload['kind'],
  ports: Record<string, number>,
  user = NOBODY,
): Workload => ({ name, namespace: 'site', tier, ports, vault: name, user, kind });

const primary = {
  name: 'vault',
  namespace: 'vault',
  tier: 'data',
  user: NOBODY,
  kind: 'StatefulSet',
} as const;

export const workloads: Workload[] = [
  site('frontend', 'public', 'Deployment', { http: 8080, ops: 8081 }),
  site('api', 'app', 'Deployment', { https: portOf('api'), ops: 9464 }),
  site('migrate', 'app', 'Job', {}),
  // The second port is of the process beside it that renews its certificate.
  {
    ...site('postgresql', 'data', 'StatefulSet', { postgresql: portOf('postgresql'), ops: 9464 }, POSTGRES),
    only: 'single',
  },
  site('postgresql-exporter', 'data', 'Deployment', { metrics: 9187 }),
  // As above, of its list of users.
  site('valkey', 'data', 'StatefulSet', { valkey: portOf('valkey'), ops: 9464 }),
  { ...site('valkey-sentinel', 'data', 'StatefulSet', { sentinel: portOf('valkey-sentinel') }), only: 'ha' },
  site('valkey-exporter', 'data', 'Deployment', { metrics: 9121 }),
  site('minio', 'data', 'StatefulSet', { s3: portOf('minio') }),
  site('minio-setup', 'data', 'Job', {}),
  site('backup', 'data', 'CronJob', {}),
  site('backup-verify', 'data', 'CronJob', {}),
  site('backup-prune', 'data', 'CronJob', {}),
  // A job of Vault's: it signs in with a Secret that is mounted, and no agent stands beside it.
  { ...site('secret-ids', 'data', 'CronJob', {}), vault: undefined },
  { ...primary, ports: { https: 8200 }, only: 'single' },
  // Nodes of Raft talk by the second one.
  { ...primary, ports: { https: 8200, cluster: 8201 }, only: 'ha' },
  {
    name: 'vault-bootstrap',
    namespace: 'vault',
    tier: 'data',
    ports: { https: 8200 },
    user: NOBODY,
    kind: 'StatefulSet',
  },
  {
    name: 'vault-agent-injector',
    namespace: 'vault',
    tier: 'data',
    ports: { https: 8080 },
    user: NOBODY,
    kind: 'Deployment',
  },
  ...['vault-snapshot', 'vault-bootstrap-snapshot', 'vault-snapshots-prune'].map((name): Workload => ({
    name,
    namespace: 'vault',
    tier: 'data',
    ports: {},
    user: NOBODY,
    kind: 'CronJob',
  })),
];

export const elsewhere: Elsewhere[] = [
  {
    name: 'traefik',
    tier: 'public',
    at: 'pods',
    namespace: 'kube-system',
    labels: { 'app.kubernetes.io/name': 'traefik' },
    ports: { web: 8000, websecure: 8443 },
    why: 'K3s brings it; HelmChartConfig in base/traefik changes its settings.',
  },
  {
    name: 'dns',
    at: 'pods',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: { dns: 53 },
    why: 'K3s brings CoreDNS.',
  },
  {
    name: 'acme-solver',
    tier: 'public',
    at: 'pods',
    namespace: 'site',
    labels: { 'acme.cert-manager.io/http01-solver': 'true' },
    ports: { http: 8089 },
    why: 'cert-manager makes it for the minute in which Let’s Encrypt asks.',
  },
  {
    name: 'cert-manager',
    at: 'pods',
    namespace: 'cert-manager',
    labels: { 'app.kubernetes.io/name': 'cert-manager' },
    ports: {},
    why: 'Installed from its makers’ own manifest, which brings its own rules.',
  },
  {
    name: 'prometheus',
    tier: 'app',
    at: 'pods',
    namespace: 'monitoring',
    labels: { 'app.kubernetes.io/name': 'prometheus' },
    ports: {},
    why: 'Monitoring is deployed by itself: the site works without it.',
  },
  // The operator makes their pods; labels are those that the overlay tells it to give.
  {
    name: 'postgresql',
    tier: 'data',
    at: 'pods',
    namespace: 'site',
    labels: { 'app.kubernetes.io/name': 'postgresql' },
    more: { 'cnpg.io/cluster': 'postgresql', 'cnpg.io/instanceRole': 'primary' },
    ports: { postgresql: portOf('postgresql'), status: 8000, metrics: 9187 },
    why: 'CloudNativePG makes three instances in the place of the one.',
    only: 'ha',
  },
  {
    name: 'postgresql-pooler',
    tier: 'data',
    at: 'pods',
    namespace: 'site',
    labels: { 'app.kubernetes.io/name': 'postgresql-pooler' },
    ports: { metrics: 9127 },
    why: 'CloudNativePG makes it; nobody goes through it yet.',
    only: 'ha',
  },
  {
    name: 'cloudnative-pg',
    at: 'pods',
    namespace: 'cnpg-system',
    labels: { 'app.kubernetes.io/name': 'cloudnative-pg' },
    ports: {},
    why: 'The operator, installed from its makers’ own manifest.',
    only: 'ha',
  },
  {
    name: 'api-server',
    at: 'addresses',
    ports: { https: 6443 },
    why: 'A process of the node, not a pod; its address is in environments.ts.',
  },
  {
    name: 'internet',
    at: 'addresses',
    ports: { https: 443 },
    why: 'Everything that is not a private network.',
  },
];

const isIn =
  (shape: Shape) =>
  ({ only }: { only?: Shape }): boolean =>
    only === undefined || only === shape;

export const workloadsIn = (shape: Shape): Workload[] => workloads.filter(isIn(shape));
export const elsewhereIn = (shape: Shape): Elsewhere[] => elsewhere.filter(isIn(shape));

export const isJob = ({ kind }: Workload): boolean => kind === 'Job' || kind === 'CronJob';

/** The Secret with the role-id and the secret-id of a workload. */
export const secretOf = ({ vault = '' }: Workload): string => secretNameOf(vault);
