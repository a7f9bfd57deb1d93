/**
 * PostgreSQL of several, which CloudNativePG makes of its own resources: nothing here starts them, so what can be compared with the
 * one that is proven (deploy/postgresql) is compared, and what it needs besides is looked for.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finding, type Check, type Finding } from '../finding.ts';
import { at, ofKind, quantity, type Overlay, type Resource } from '../resource.ts';
import { eachOfKind } from './each.ts';

const deploy = resolve(import.meta.dirname, '../../../deploy/postgresql');
const linesOf = (file: string): string[] =>
  readFileSync(join(deploy, file), 'utf8')
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('#'));
/** The operator reloads its instances itself, and comes in as superuser by rules of its own. */
const withoutOwn = (lines: string[]): string[] =>
  lines.filter((line) => !/homepage_reloader|^(local|superuser) /.test(line));

/** Roles that certificates become, with what is granted to each. */
function rolesOf(): { name: string; login: true; inRoles?: string[] }[] {
  const sql = readFileSync(join(deploy, 'ha/rights.sql'), 'utf8');
  return withoutOwn(linesOf('pg_ident.conf')).map((line) => {
    const name = line.split(' ')[2]!;
    const inRoles = [...sql.matchAll(/^grant (pg_\w+) to (\w+);$/gm)]
      .filter(([, , to]) => to === name)
      .map(([, role]) => role!);
    return { name, login: true, ...(inRoles.length > 0 && { inRoles }) };
  });
}

const PLUGIN = 'barman-cloud.cloudnative-pg.io';
const PRESENT = Symbol('any value');

/** What a Cluster must say: as the one does, or as the documentation of CloudNativePG has it. */
const expected = (): object => ({
  instances: 3,
  // Policies and Services select by it.
  inheritedMetadata: {
    labels: { 'app.kubernetes.io/name': 'postgresql', 'homepage.dev/tier': 'data' },
  },
  bootstrap: {
    initdb: {
      database: 'homepage',
      owner: 'homepage_owner',
      encoding: 'UTF8',
      localeCollate: 'C.UTF-8',
      localeCType: 'C.UTF-8',
      postInitApplicationSQLRefs: { configMapRefs: [{ name: 'postgresql-rights', key: 'rights.sql' }] },
    },
  },
  managed: { roles: rolesOf() },
  certificates: {
    serverTLSSecret: PRESENT,
    serverCASecret: PRESENT,
    clientCASecret: PRESENT,
    replicationTLSSecret: PRESENT,
  },
  postgresql: {
    // What was acknowledged is on two machines, and one that is left takes writes.
    synchronous: { method: 'any', number: 1, dataDurability: 'preferred' },
    parameters: { max_connections: PRESENT, shared_buffers: PRESENT, ssl_min_protocol_version: PRESENT },
    pg_hba: withoutOwn(linesOf('pg_hba.conf')),
    pg_ident: [
      ...withoutOwn(linesOf('pg_ident.conf')),
      'cnpg_streaming_replica homepage-postgresql-replica streaming_replica',
    ],
  },
  storage: { size: PRESENT, storageClass: 'local-path-retain' },
  affinity: {
    enablePodAntiAffinity: true,
    topologyKey: 'kubernetes.io/hostname',
    podAntiAffinityType: 'required',
  },
  plugins: [{ name: PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: 'postgresql' } }],
});

const store = {
  configuration: {
    destinationPath: 's3://postgresql/',
    endpointURL: 'https://minio:9000',
    // The authority that signs MinIO's certificate, which is not Vault's own.
    endpointCA: { name: 'postgresql-instance-tls', key: 'ca.crt' },
    s3Credentials: {
      accessKeyId: { name: 'postgresql-object-store', key: PRESENT },
      secretAccessKey: { name: 'postgresql-object-store', key: PRESENT },
    },
    wal: { compression: 'gzip' },
  },
  retentionPolicy: '30d',
};

const copies = {
  schedule: PRESENT,
  backupOwnerReference: 'self',
  cluster: { name: 'postgresql' },
  method: 'plugin',
  pluginConfiguration: { name: PLUGIN },
};

const NAME = 'app.kubernetes.io/name';
/** Its pods are as the operator makes them, but for where they are. */
const pooler = {
  cluster: { name: 'postgresql' },
  instances: 2,
  type: 'rw',
  template: {
    metadata: { labels: { [NAME]: 'postgresql-pooler', 'homepage.dev/tier': 'data' } },
    spec: {
      topologySpreadConstraints: [{ labelSelector: { matchLabels: { [NAME]: 'postgresql-pooler' } } }],
      ...Object.fromEntries(
        ['automountServiceAccountToken', 'hostNetwork', 'hostPID', 'serviceAccountName', 'volumes'].map(
          (field) => [field, undefined],
        ),
      ),
    },
  },
  pgbouncer: { poolMode: 'session', parameters: { max_client_conn: PRESENT, default_pool_size: PRESENT } },
};

export const severalLikeOne: Check = {
  number: 76,
  name: 'PostgreSQL of several lets in whom the one does, and keeps what it has elsewhere, too',
  why: 'The operator takes any rule and any role; what is missing is noticed by visitors, or when a machine is lost.',
  run: (rendered) =>
    eachOfKind<{ spec: object }>(rendered, 'Cluster', (cluster, overlay) => [
      ...differences(cluster.spec, expected()).map(({ path, message }) =>
        finding(overlay, cluster, `spec${path}`, message, 'Write it as deploy/postgresql has it.'),
      ),
      ...certificates(overlay, cluster),
      ...parameters(overlay, cluster),
      ...resources(overlay, cluster),
      ...(rendered.images && !rendered.images.has(String(at(cluster, 'spec.imageName')))
        ? [finding(overlay, cluster, 'spec.imageName', 'it is no locked image', 'Write it in images.lock.')]
        : []),
      ...beside(overlay, cluster, 'ObjectStore postgresql', store),
      ...beside(overlay, cluster, 'ScheduledBackup postgresql', copies),
      ...beside(overlay, cluster, 'Pooler postgresql-pooler', pooler),
      ...(ofKind<{ data?: object }>(overlay, 'ConfigMap').some(
        ({ metadata, data }) => metadata.name === 'postgresql-rights' && 'rights.sql' in (data ?? {}),
      )
        ? []
        : [finding(overlay, cluster, '', 'there are no rights to run', 'Add deploy/postgresql/ha.')]),
    ]),
};

type Difference = { path: string; message: string };

/** Where something does not say what it must; what it says besides is left alone. */
function differences(actual: unknown, wanted: unknown, path = ''): Difference[] {
  if (wanted === PRESENT)
    return actual === undefined || actual === '' ? [{ path, message: 'it is not there' }] : [];
  const isLeaf = typeof wanted !== 'object' || wanted === null;
  const otherLength = Array.isArray(wanted) && (actual as unknown[] | undefined)?.length !== wanted.length;
  if (isLeaf || otherLength)
    return JSON.stringify(actual) === JSON.stringify(wanted)
      ? []
      : [{ path, message: `it is ${JSON.stringify(actual)}, and not ${JSON.stringify(wanted)}` }];
  return Object.entries(wanted).flatMap(([key, inner]) =>
    differences((actual as Record<string, unknown> | undefined)?.[key], inner, `${path}.${key}`),
  );
}

/** Each Secret is that of a Certificate, which the operator is told to read again. */
function certificates(overlay: Overlay, cluster: Resource): Finding[] {
  const named = Object.values((at(cluster, 'spec.certificates') ?? {}) as Record<string, string>);
  const all = ofKind<{ spec: { secretName: string; secretTemplate?: { labels?: object } } }>(
    overlay,
    'Certificate',
  );
  return named
    .filter(
      (secret) =>
        !all.some(
          ({ spec }) => spec.secretName === secret && 'cnpg.io/reload' in (spec.secretTemplate?.labels ?? {}),
        ),
    )
    .map((secret) =>
      finding(
        overlay,
        cluster,
        'spec.certificates',
        `no Certificate writes ${secret} with the label cnpg.io/reload`,
        'Add it: a renewed one is not taken without.',
      ),
    );
}

/** Each setting is one of postgresql.conf; how many connections there are is its own. */
function parameters(overlay: Overlay, cluster: Resource): Finding[] {
  const said = (at(cluster, 'spec.postgresql.parameters') ?? {}) as Record<string, string>;
  const ofOne = new Map(
    linesOf('postgresql.conf').map((line) => {
      const [name, value] = line.split(' = ');
      return [name!, value!.replaceAll("'", '')] as const;
    }),
  );
  return Object.entries(said)
    .filter(
      ([name, value]) => !(ofOne.get(name) === value || (name === 'max_connections' && Number(value) > 0)),
    )
    .map(([name, value]) =>
      finding(
        overlay,
        cluster,
        `spec.postgresql.parameters.${name}`,
        `it is ${value}, and ${ofOne.get(name) ?? 'not set'} in postgresql.conf`,
        'Write it there first: that one is tested.',
      ),
    );
}

function resources(overlay: Overlay, cluster: Resource): Finding[] {
  return ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']
    .filter((path) => !(quantity(at(cluster, `spec.resources.${path}`) as string | undefined) > 0))
    .map((path) =>
      finding(overlay, cluster, `spec.resources.${path}`, 'it is not said', 'Write it, as of the one.'),
    );
}

/** @param title "ObjectStore postgresql" */
function beside(overlay: Overlay, cluster: Resource, title: string, wanted: object): Finding[] {
  const [kind, name] = title.split(' ');
  const one = ofKind<{ spec: object }>(overlay, kind!).find(({ metadata }) => metadata.name === name);
  if (!one) return [finding(overlay, cluster, '', `there is no ${title}`, 'Add it again.')];
  return differences(one.spec, wanted).map(({ path, message }) =>
    finding(overlay, one, `spec${path}`, message, 'Write it as its documentation has it.'),
  );
}
