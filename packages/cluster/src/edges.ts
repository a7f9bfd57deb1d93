/**
 * Who may talk to whom: the only source of the NetworkPolicies, of the tables in docs/network.md, and of the probe that asks a
 * live cluster. What is not here is refused, both ways.
 */
import { elsewhere, workloads, type Elsewhere, type Workload } from './workloads.ts';

export type Transport = 'plain' | 'tls' | 'mtls';

export type Edge = {
  from: string;
  to: string;
  /** name of a port of `to` */
  port: string;
  transport: Transport;
  /** what is said over it */
  why: string;
  /** why this transport and no other */
  because: string;
};

type Rest = [port: string, transport: Transport, why: string, because: string];
const between = (from: string | string[], to: string, ...[port, transport, why, because]: Rest): Edge[] =>
  [from].flat().map((one) => ({ from: one, to, port, transport, why, because }));

const PROBE =
  'the kubelet and Prometheus have no certificate; nothing secret is told, and no visitor gets here';
const OWN_SIGN = 'its certificate is its password';
const KEYS = 'signs in with a key; the server shows a certificate of our authority';
const injected = workloads.filter(({ vault }) => vault !== undefined).map(({ name }) => name);

export const edges: Edge[] = [
  // Visitors.
  ...between('internet', 'traefik', 'websecure', 'tls', 'visitors', 'certificate of Let’s Encrypt'),
  ...between(
    'internet',
    'traefik',
    'web',
    'plain',
    'sent to HTTPS; Let’s Encrypt’s question',
    'HTTP-01 asks port 80',
  ),
  ...between(
    'traefik',
    'frontend',
    'http',
    'plain',
    'pages and files',
    'public pages, between pods of one node',
  ),
  ...between(
    'traefik',
    'api',
    'https',
    'mtls',
    '/api',
    'messages and sign-in; the API lets in only whom it knows',
  ),
  ...between(
    'frontend',
    'api',
    'https',
    'mtls',
    'pages to keep, forms, media',
    'the API lets in only whom it knows',
  ),
  ...between(
    'traefik',
    'acme-solver',
    'http',
    'plain',
    'the answer to Let’s Encrypt',
    'HTTP-01 is plain by definition',
  ),

  // Data.
  ...between(['api', 'migrate', 'backup'], 'postgresql', 'postgresql', 'mtls', 'rows', OWN_SIGN),
  ...between('postgresql-exporter', 'postgresql', 'postgresql', 'mtls', 'statistics', OWN_SIGN),
  ...between(
    'api',
    'valkey',
    'valkey',
    'mtls',
    'what replicas share',
    'Valkey asks for a certificate and a password',
  ),
  ...between(
    'valkey-exporter',
    'valkey',
    'valkey',
    'mtls',
    'statistics',
    'Valkey asks for a certificate and a password',
  ),
  ...between('api', 'minio', 's3', 'tls', 'pictures and files', KEYS),
  ...between(['backup', 'backup-verify', 'backup-prune'], 'minio', 's3', 'tls', 'backups', KEYS),
  ...between('minio-setup', 'minio', 's3', 'tls', 'buckets, users and their rights', KEYS),

  // Out of the cluster.
  ...between(
    'api',
    'internet',
    'https',
    'tls',
    'sign-in with GitHub, webhooks',
    'certificates of public authorities',
  ),
  ...between(
    ['backup', 'backup-verify', 'backup-prune'],
    'internet',
    'https',
    'tls',
    'the second place of backups, off this site',
    'certificates of public authorities; what is sent is encrypted already',
  ),

  // Secrets.
  ...between(
    injected,
    'vault',
    'https',
    'tls',
    'secrets and certificates',
    'signs in with AppRole; Vault shows its certificate',
  ),
  ...between(
    'cert-manager',
    'vault',
    'https',
    'tls',
    'Traefik’s certificate for the API',
    'signs in with AppRole',
  ),
  ...between(
    'vault',
    'vault-bootstrap',
    'https',
    'tls',
    'opens itself with the Transit key',
    'signs in with a token; no client certificate (docs/decisions/0032)',
  ),
  ...between(
    'api-server',
    'vault-agent-injector',
    'https',
    'tls',
    'each new pod',
    'the webhook’s own authority',
  ),
  ...between(
    'vault-agent-injector',
    'api-server',
    'https',
    'tls',
    'renews its webhook’s certificate',
    'token of its service account',
  ),

  // Monitoring.
  ...between('prometheus', 'frontend', 'ops', 'plain', 'metrics', PROBE),
  ...between('prometheus', 'api', 'ops', 'plain', 'metrics', PROBE),
  ...between('prometheus', 'postgresql', 'ops', 'plain', 'metrics of the renewal', PROBE),
  ...between(['prometheus'], 'postgresql-exporter', 'metrics', 'plain', 'metrics', PROBE),
  ...between(['prometheus'], 'valkey-exporter', 'metrics', 'plain', 'metrics', PROBE),
  ...between('prometheus', 'minio', 's3', 'tls', 'metrics', 'MinIO has one port for all'),
  ...between(
    ['prometheus'],
    'vault',
    'https',
    'tls',
    'metrics',
    'Vault has one port for all; a token of its own',
  ),
  ...between(
    ['prometheus'],
    'vault-bootstrap',
    'https',
    'tls',
    'metrics',
    'Vault has one port for all; a token of its own',
  ),
];

export type Peer = Workload | Elsewhere;
export const isOurs = (peer: Peer): peer is Workload => 'kind' in peer;

/** @throws Error when nobody has that name: the matrix is wrong, and a test says so first */
export function peerNamed(name: string): Peer {
  const peer = [...workloads, ...elsewhere].find((one) => one.name === name);
  if (!peer)
    throw new Error(`No workload or peer is called "${name}": see packages/cluster/src/workloads.ts.`);
  return peer;
}

/** What is wrong with the matrix itself: an edge to nobody, somebody without an edge. */
export function troubles(): string[] {
  const known = new Map([...workloads, ...elsewhere].map((peer) => [peer.name, peer]));
  const asked = (name: string, port: string): boolean =>
    edges.some((edge) => edge.to === name && edge.port === port);
  return [
    ...edges
      .flatMap(({ from, to }) => [from, to])
      .filter((name) => !known.has(name))
      .map((name) => `an edge names "${name}", which runs nowhere`),
    ...edges
      .filter(({ to, port }) => known.get(to)?.ports[port] === undefined)
      .map(({ from, to, port }) => `${from} → ${to}: it has no port "${port}"`),
    // The cluster's DNS is asked by everybody: that rule is no edge.
    ...[...known.values()].flatMap(({ name, ports }) =>
      Object.keys(ports)
        .filter((port) => name !== 'dns' && !asked(name, port))
        .map((port) => `nobody may ask ${name} on its port "${port}"`),
    ),
    ...[...known.values()]
      .filter(({ name }) => name !== 'dns' && !edges.some(({ from, to }) => from === name || to === name))
      .map(({ name }) => `${name} talks to nobody, and nobody to it`),
    ...edges
      .map(({ from, to, port }) => `${from} → ${to}:${port}`)
      .filter((text, index, all) => all.indexOf(text) !== index)
      .map((text) => `${text} is there twice`),
  ];
}
