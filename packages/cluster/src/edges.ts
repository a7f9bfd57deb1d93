/**
 * Who may talk to whom: the only source of the NetworkPolicies and of the tables in docs/network.md. What is not here is refused,
 * both ways. Nothing asks a live cluster yet whether it is so.
 */
import {
  elsewhereIn,
  workloads,
  workloadsIn,
  type Elsewhere,
  type Shape,
  type Workload,
} from './workloads.ts';

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
  /** undefined: wherever both ends are */
  only?: Shape;
};

type Rest = [port: string, transport: Transport, why: string, because: string];
const between = (from: string | string[], to: string, ...[port, transport, why, because]: Rest): Edge[] =>
  [from].flat().map((one) => ({ from: one, to, port, transport, why, because }));

const only = (shape: Shape, list: Edge[]): Edge[] => list.map((edge) => ({ ...edge, only: shape }));

const PROBE =
  'the kubelet and Prometheus have no certificate; nothing secret is told, and no visitor gets here';
const OWN_SIGN = 'its certificate is its password';
const jobOfVault = [
  'secret-ids and snapshots',
  'signs in with AppRole; Vault shows its certificate',
] as const;
const KEYS = 'signs in with a key; the server shows a certificate of our authority';
const TOKEN = 'token of its service account';
const BY_OPERATOR = 'as CloudNativePG has it';
const SIGNS = 'Valkey asks for a certificate and a password';
const BOTH_SIGN = 'each is the other’s client; Valkey asks for a certificate and a password';
const injected = workloads.filter(({ vault }) => vault !== undefined);

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
    'pages and files; letters of the contact form, links to drafts',
    'nginx shows no certificate: on one node it leaves no machine; several nodes encrypt what is between them (docs/scale.md)',
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
  ...between('api', 'valkey', 'valkey', 'mtls', 'what replicas share', SIGNS),
  ...between('valkey-exporter', 'valkey', 'valkey', 'mtls', 'statistics', SIGNS),
  ...between('api', 'minio', 's3', 'tls', 'pictures and files; how the backups are', KEYS),
  ...between(['backup', 'backup-verify', 'backup-prune'], 'minio', 's3', 'tls', 'backups', KEYS),
  ...between('minio-setup', 'minio', 's3', 'tls', 'buckets, users and their rights', KEYS),

  // Where there are several of each.
  ...only('ha', [
    ...between('api', 'valkey-sentinel', 'sentinel', 'mtls', 'which Valkey is the master', SIGNS),
    ...between('valkey-sentinel', 'valkey', 'valkey', 'mtls', 'who lives, and who is the master', BOTH_SIGN),
    ...between('valkey-sentinel', 'valkey-sentinel', 'sentinel', 'mtls', 'what the others see', BOTH_SIGN),
    ...between('valkey', 'valkey', 'valkey', 'mtls', 'copies from the master', BOTH_SIGN),
    ...between('minio', 'minio', 's3', 'tls', 'parts of objects', 'nodes sign with the first user’s key'),
    ...between('postgresql', 'postgresql', 'postgresql', 'mtls', 'copies from the primary', OWN_SIGN),
    ...between('postgresql', 'postgresql', 'status', 'tls', 'states of instances', BY_OPERATOR),
    ...between('postgresql', 'minio', 's3', 'tls', 'the log of changes, and a copy a night', KEYS),
    ...between(['postgresql', 'postgresql-pooler'], 'api-server', 'https', 'tls', 'its own resource', TOKEN),
    ...between('postgresql-pooler', 'postgresql', 'postgresql', 'mtls', 'what is asked through it', OWN_SIGN),
    ...between('cloudnative-pg', 'postgresql', 'postgresql', 'mtls', 'roles and states', BY_OPERATOR),
    ...between('cloudnative-pg', 'postgresql', 'status', 'tls', 'who is the primary', BY_OPERATOR),
    ...between('vault', 'vault', 'https', 'tls', 'a node joins', 'Vault shows its certificate'),
    ...between(
      'vault',
      'vault',
      'cluster',
      'mtls',
      'Raft, and what the leader does',
      'Vault’s own authority',
    ),
  ]),

  // Out of the cluster.
  ...between(
    'api',
    'internet',
    'https',
    'tls',
    'sign-in with GitHub, webhooks; how the backups of the second place are',
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
  ...injected.flatMap((workload) =>
    between(
      workload.name,
      'vault',
      'https',
      'tls',
      'secrets and certificates',
      'signs in with AppRole; Vault shows its certificate',
    ).map((edge) => ({ ...edge, ...(workload.only && { only: workload.only }) })),
  ),
  ...between(
    'cert-manager',
    'vault',
    'https',
    'tls',
    'certificates of who reads Secrets: Traefik, CloudNativePG',
    'signs in with AppRole',
  ),
  ...between(['secret-ids', 'vault-snapshot'], 'vault', 'https', 'tls', ...jobOfVault),
  ...between('vault-bootstrap-snapshot', 'vault-bootstrap', 'https', 'tls', ...jobOfVault),
  ...between(
    ['secret-ids', 'vault-snapshot', 'vault-bootstrap-snapshot'],
    'api-server',
    'https',
    'tls',
    'new secret-ids, into Secrets',
    'token of its service account, which may change these Secrets and read none',
  ),
  ...between(
    ['vault-snapshot', 'vault-bootstrap-snapshot', 'vault-snapshots-prune'],
    'internet',
    'https',
    'tls',
    'snapshots of Vault, off this site',
    'certificates of public authorities; what is sent is encrypted already',
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
  ...only('single', between('prometheus', 'postgresql', 'ops', 'plain', 'metrics of the renewal', PROBE)),
  ...between('prometheus', 'valkey', 'ops', 'plain', 'metrics of the renewal', PROBE),
  ...only('ha', [
    ...between('prometheus', 'postgresql', 'metrics', 'plain', 'metrics', PROBE),
    ...between('prometheus', 'postgresql-pooler', 'metrics', 'plain', 'metrics', PROBE),
  ]),
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
export function peerNamed(name: string, shape: Shape): Peer {
  const peer = peersIn(shape).find((one) => one.name === name);
  if (!peer)
    throw new Error(`No workload or peer is called "${name}": see packages/cluster/src/workloads.ts.`);
  return peer;
}

export const edgesIn = (shape: Shape): Edge[] =>
  edges.filter((edge) => edge.only === undefined || edge.only === shape);

const peersIn = (shape: Shape): Peer[] => [...workloadsIn(shape), ...elsewhereIn(shape)];

/** What is wrong with the matrix itself: an edge to nobody, somebody without an edge. */
export function troubles(shape: Shape): string[] {
  const present = edgesIn(shape);
  const known = new Map(peersIn(shape).map((peer) => [peer.name, peer]));
  const asked = (name: string, port: string): boolean =>
    present.some((edge) => edge.to === name && edge.port === port);
  return [
    ...present
      .flatMap(({ from, to }) => [from, to])
      .filter((name) => !known.has(name))
      .map((name) => `an edge names "${name}", which runs nowhere`),
    ...present
      .filter(({ to, port }) => known.get(to)?.ports[port] === undefined)
      .map(({ from, to, port }) => `${from} → ${to}: it has no port "${port}"`),
    // The cluster's DNS is asked by everybody: that rule is no edge.
    ...[...known.values()].flatMap(({ name, ports }) =>
      Object.keys(ports)
        .filter((port) => name !== 'dns' && !asked(name, port))
        .map((port) => `nobody may ask ${name} on its port "${port}"`),
    ),
    ...[...known.values()]
      .filter(({ name }) => name !== 'dns' && !present.some(({ from, to }) => from === name || to === name))
      .map(({ name }) => `${name} talks to nobody, and nobody to it`),
    ...present
      .map(({ from, to, port }) => `${from} → ${to}:${port}`)
      .filter((text, index, all) => all.indexOf(text) !== index)
      .map((text) => `${text} is there twice`),
  ];
}
