/** What the tables say, what is made of them, and what Kustomize renders of it all. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readSettings } from '@homepage/platform';
import { namesOf, onKubernetes, services } from '@homepage/vault';
import config from '../../../homepage.config.ts';
import { edges, edgesIn, peerNamed, troubles } from './edges.ts';
import { membersOf } from './documents.ts';
import { ownNamespaces, policiesOf } from './policies.ts';
import { shapes, workloadsIn, type Shape } from './workloads.ts';

type Labels = Record<string, string>;
type Template = { metadata: { labels: Labels }; spec: { containers: { name: string; image: string }[] } };
type Resource = {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec: {
    replicas?: number;
    minReplicas?: number;
    maxReplicas?: number;
    template?: Template;
    jobTemplate?: { spec: { template: Template } };
    serviceName?: string;
    commonName?: string;
    dnsNames?: string[];
    issuerRef?: { name: string };
    vault?: { path: string; auth: { appRole: { roleId: string; secretRef: { name: string } } } };
    ingressClassName?: string;
    tls?: { hosts: string[]; secretName: string }[];
    rules?: { host: string }[];
    acme?: { server: string; solvers: { http01?: object }[] };
    type?: string;
    selector?: Labels;
  };
};

const overlays = resolve(import.meta.dirname, '../../../deploy/kubernetes/overlays');
const there = spawnSync('kubectl', ['version', '--client']).status === 0;
const render = (overlay: string): Resource[] =>
  parseAllDocuments(
    execFileSync('kubectl', ['kustomize', `${overlays}/${overlay}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }),
  ).map((document) => document.toJS() as Resource);

test.each(shapes)(
  'the table is whole (%s): no edge to nobody, no port that nobody asks, nothing twice',
  (shape) => {
    expect(troubles(shape)).toEqual([]);
  },
);

test('each folder of manifests says of each file why it is there', () => {
  const base = resolve(import.meta.dirname, '../../../deploy/kubernetes/base');
  const folders = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const readme = readFileSync(join(base, name, 'README.md'), 'utf8');
    const files = readdirSync(join(base, name)).filter(
      (file) => /\.yaml$/.test(file) && file !== 'kustomization.yaml',
    );
    expect([name, files.filter((file) => !readme.includes(`[${file}](${file})`))]).toEqual([name, []]);
  }
});

test('an edge to nobody is found, and so is a port without an edge', () => {
  const last = edges.pop()!;
  expect(troubles('single')).toEqual([]);
  edges.push({ ...last, to: 'nobody' }, { ...last, port: 'nothing' });
  const found = troubles('single');
  edges.splice(-2, 2, last);
  expect(found.join()).toContain('"nobody"');
  expect(found.join()).toContain('no port "nothing"');
});

test('a port of somebody else that nobody asks is found', () => {
  const internet = peerNamed('internet', 'single');
  internet.ports['submission'] = 587;
  const found = troubles('single');
  delete internet.ports['submission'];
  expect(found).toEqual(['nobody may ask internet on its port "submission"']);
});

test.each(shapes)('each tier has the members that the architecture names (%s)', (shape) => {
  expect(membersOf('public', shape)).toEqual(expect.arrayContaining(['traefik', 'frontend']));
  expect(membersOf('app', shape)).toEqual(expect.arrayContaining(['api', 'prometheus']));
  expect(membersOf('data', shape)).toEqual(
    expect.arrayContaining(['postgresql', 'valkey', 'minio', 'vault']),
  );
});

test.each(shapes)('the public tier does not reach the data tier but for its own secrets (%s)', (shape) => {
  const crossing = edgesIn(shape).filter(
    ({ from, to }) => membersOf('public', shape).includes(from) && membersOf('data', shape).includes(to),
  );
  expect(crossing.map(({ from, to }) => `${from} → ${to}`)).toEqual(['frontend → vault']);
});

test.each(shapes)('the API lets in whom the table says, by the names in their certificates (%s)', (shape) => {
  const asked = edgesIn(shape).filter(({ to, port }) => to === 'api' && port === 'https');
  expect(asked.map(({ transport }) => transport)).toEqual(asked.map(() => 'mtls'));
  const names = asked.map(({ from }) => services.find(({ name }) => name === from)?.commonName);
  expect(readSettings({ SECRETS_DIR: 'none' }).tlsClients.toSorted()).toEqual(names.toSorted());
});

test('the application reaches data by mutual TLS, and nothing but probes and public pages is plain', () => {
  const transport = (from: string, to: string): string | undefined =>
    edges.find((edge) => edge.from === from && edge.to === to)?.transport;
  for (const to of ['postgresql', 'valkey', 'valkey-sentinel'])
    expect([to, transport('api', to)]).toEqual([to, 'mtls']);
  const plain = edges.filter((edge) => edge.transport === 'plain' && edge.from !== 'prometheus');
  expect(plain.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    'internet → traefik',
    'traefik → frontend',
    'traefik → acme-solver',
  ]);
});

test.each(ownNamespaces)('the namespace %s denies first, both ways', (namespace) => {
  for (const [first] of shapes.map((shape) => policiesOf(namespace, shape)))
    expect(first!.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
});

describe.skipIf(!there)('what is rendered', () => {
  const rendered = new Map<string, Resource[]>();
  const of = (overlay: string): Resource[] => {
    if (!rendered.has(overlay)) rendered.set(overlay, render(overlay));
    return rendered.get(overlay)!;
  };
  const find = (overlay: string, kind: string, name: string): Resource => {
    const found = of(overlay).find((one) => one.kind === kind && one.metadata.name === name);
    if (!found) throw new Error(`${overlay} has no ${kind} ${name}`);
    return found;
  };
  const environments = ['dev', 'prod'];

  const shapeOfOverlay = (overlay: string): Shape => (overlay.endsWith('-ha') ? 'ha' : 'single');

  test.each([...environments, 'prod-ha'])('of %s has every workload of the table, in its tier', (overlay) => {
    for (const { name, kind, tier } of workloadsIn(shapeOfOverlay(overlay)).filter(
      ({ namespace }) => namespace === 'site',
    )) {
      const { spec } = find(overlay, kind, name);
      const template = spec.template ?? spec.jobTemplate!.spec.template;
      expect([name, template.metadata.labels['homepage.dev/tier']]).toEqual([name, tier]);
      expect(template.metadata.labels['app.kubernetes.io/name']).toBe(name);
    }
    const known = new Set(workloadsIn(shapeOfOverlay(overlay)).map(({ name }) => name));
    const running = of(overlay).filter(({ kind }) =>
      /^(Deployment|StatefulSet|DaemonSet|Job|CronJob)$/.test(kind),
    );
    expect(running.map(({ metadata }) => metadata.name).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(environments)('of %s has two to three of frontend and API', (overlay) => {
    for (const name of ['frontend', 'api']) {
      const { minReplicas, maxReplicas } = find(overlay, 'HorizontalPodAutoscaler', name).spec;
      expect([name, minReplicas, maxReplicas]).toEqual([name, 2, overlay === 'dev' ? 2 : 3]);
      expect(find(overlay, 'Deployment', name).spec.replicas).toBeUndefined();
      expect(find(overlay, 'Service', name).spec).toMatchObject({
        selector: { 'app.kubernetes.io/name': name },
      });
      expect(find(overlay, 'Service', name).spec.type ?? 'ClusterIP').toBe('ClusterIP');
    }
  });

  test.each(environments)('of %s has one PostgreSQL and one Valkey, each with its exporter', (overlay) => {
    for (const name of ['postgresql', 'valkey', 'minio']) {
      expect([name, find(overlay, 'StatefulSet', name).spec.replicas]).toEqual([name, 1]);
    }
    for (const name of ['postgresql-exporter', 'valkey-exporter']) {
      expect([name, find(overlay, 'Deployment', name).spec.replicas]).toEqual([name, 1]);
    }
  });

  test.each(['valkey', 'valkey-sentinel', 'minio'])(
    'of prod-ha calls each %s as its certificate does',
    (name) => {
      const { replicas, serviceName } = find('prod-ha', 'StatefulSet', name).spec;
      const pods = Array.from({ length: replicas! }, (_, index) => `${name}-${index}.${serviceName}`);
      const service = services.find((one) => one.name === name)!;
      expect(service.nodes).toEqual(pods);
      expect(namesOf(onKubernetes('prod'), service)).toEqual(expect.arrayContaining(pods));
    },
  );

  test.each(['prod', 'prod-ha'])('of %s asks Vault for certificates that it signs', (overlay) => {
    const asked = of(overlay).filter(({ kind }) => kind === 'Certificate');
    for (const { spec } of asked) {
      const { path, auth } = find(overlay, 'Issuer', spec.issuerRef!.name).spec.vault!;
      const service = services.find(({ name }) => path === `pki-prod/sign/${name}`)!;
      expect([path, service.signedOnly ?? 'never']).not.toEqual([path, 'never']);
      expect(auth.appRole).toMatchObject({
        roleId: `prod-${service.name}`,
        secretRef: { name: `approle-${service.name}` },
      });
      expect(spec.commonName).toBe(service.commonName);
      expect(namesOf(onKubernetes('prod'), service)).toEqual(expect.arrayContaining(spec.dnsNames!));
    }
    const signed = asked.map(({ spec }) => spec.commonName);
    if (overlay === 'prod-ha') expect(signed).toContain('homepage-postgresql-replica');
    // Clients are told this name, and believe nobody who is called otherwise.
    const server = asked.find(({ spec }) => spec.commonName === 'homepage-postgresql-instance');
    const { host } = onKubernetes('prod').hosts('postgresql');
    if (overlay === 'prod-ha') expect(server!.spec.dnsNames).toContain(host);
  });

  test('keeps data of MinIO on a disk of the node that outlives its claim', () => {
    const set = find('prod', 'StatefulSet', 'minio').spec as { volumeClaimTemplates?: { spec: object }[] };
    expect(set.volumeClaimTemplates![0]!.spec).toMatchObject({ storageClassName: 'local-path-retain' });
    expect(find('cluster', 'StorageClass', 'local-path-retain')).toMatchObject({
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Retain',
    });
  });

  test.each([
    ['dev', `dev.${config.domain}`, 'letsencrypt-staging'],
    ['prod', config.domain, 'letsencrypt-prod'],
  ])('of %s serves %s by Traefik, with a certificate of %s', (overlay, host, issuer) => {
    const { spec, metadata } = find(overlay, 'Ingress', 'homepage');
    expect(spec.ingressClassName).toBe('traefik');
    expect(spec.rules!.map((rule) => rule.host)).toEqual([host]);
    expect(spec.tls).toEqual([{ hosts: [host], secretName: 'homepage-tls' }]);
    expect(metadata.annotations!['cert-manager.io/cluster-issuer']).toBe(issuer);
  });

  test('has issuers of Let’s Encrypt for prod and staging, by HTTP-01', () => {
    for (const [name, server] of [
      ['letsencrypt-prod', 'https://acme-v02.api.letsencrypt.org/directory'],
      ['letsencrypt-staging', 'https://acme-staging-v02.api.letsencrypt.org/directory'],
    ] as const) {
      const { acme } = find('cluster', 'ClusterIssuer', name).spec;
      expect(acme!.server).toBe(server);
      expect(acme!.solvers.every(({ http01 }) => http01 !== undefined)).toBe(true);
    }
  });

  test('has one of each Vault, of which the primary opens itself', () => {
    for (const name of ['vault', 'vault-bootstrap']) {
      expect([name, find('cluster', 'StatefulSet', name).spec.replicas]).toEqual([name, 1]);
    }
    const configuration = of('cluster').find(
      ({ kind, metadata }) =>
        kind === 'ConfigMap' && metadata.name.startsWith('vault-') && !metadata.name.includes('bootstrap'),
    ) as unknown as { data: Record<string, string> };
    expect(configuration.data['primary.hcl']).toContain('seal "transit"');
  });
});
