/**
 * Who runs on the cluster, and who else is there: every workload of deploy/kubernetes with its tier and ports, and everybody
 * that somebody else runs. Edges (edges.ts) are between these.
 */
export type Tier = 'public' | 'app' | 'data';

/** "site" is each environment's own: homepage-dev, homepage-prod. */
export type Namespace = 'site' | 'vault' | 'monitoring' | 'cert-manager' | 'kube-system';

export type Workload = {
  name: string;
  namespace: Namespace;
  tier: Tier;
  /** name of the container's port → number; empty: nobody connects to it */
  ports: Record<string, number>;
  /** the AppRole that it signs in to Vault with (packages/vault/src/desired/services.ts) */
  vault?: string;
  /** of its containers and of the agent beside them: files are for this user alone */
  user: number;
  kind: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';
};

/** Not rendered by us, and why it is there. */
export type Elsewhere = {
  name: string;
  tier?: Tier;
  why: string;
} & (
  | { at: 'pods'; namespace: Namespace; labels: Record<string, string>; ports: Record<string, number> }
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

export const workloads: Workload[] = [
  site('frontend', 'public', 'Deployment', { http: 8080, ops: 8081 }),
  site('api', 'app', 'Deployment', { https: 3000, ops: 9464 }),
  site('migrate', 'app', 'Job', {}),
  // The second port is of the process beside it that renews its certificate.
  site('postgresql', 'data', 'StatefulSet', { postgresql: 5432, ops: 9464 }, POSTGRES),
  site('postgresql-exporter', 'data', 'Deployment', { metrics: 9187 }),
  site('valkey', 'data', 'StatefulSet', { valkey: 6379 }),
  site('valkey-exporter', 'data', 'Deployment', { metrics: 9121 }),
  site('minio', 'data', 'StatefulSet', { s3: 9000 }),
  site('minio-setup', 'data', 'Job', {}),
  site('backup', 'data', 'CronJob', {}),
  site('backup-verify', 'data', 'CronJob', {}),
  site('backup-prune', 'data', 'CronJob', {}),
  {
    name: 'vault',
    namespace: 'vault',
    tier: 'data',
    ports: { https: 8200 },
    user: NOBODY,
    kind: 'StatefulSet',
  },
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

export const isJob = ({ kind }: Workload): boolean => kind === 'Job' || kind === 'CronJob';

/** The Secret with the role-id and the secret-id of a workload, which a job renews. */
export const secretOf = ({ vault }: Workload): string => `approle-${vault}`;
