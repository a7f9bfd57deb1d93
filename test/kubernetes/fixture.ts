/** A small cluster that every check likes, for tests of the checks: broken.ts breaks it, one thing at a time. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environments } from './expected.ts';
import { capacityDocument } from './capacity/document.ts';
import type { Compose } from './compose.ts';
import type { Connection } from './network/compare.ts';
import type { Party } from './network/evaluate.ts';
import type { Metadata, OverlayName, Rendered, Resource } from './resource.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
const file = (path: string): string => readFileSync(join(deploy, path), 'utf8');
const { namespace: HOME, host: HOST } = environments.dev!;
const DIGEST = `sha256:${'0'.repeat(63)}1`;
const V = 'vault.hashicorp.com/';

type Fields = Record<string, unknown>;
const make = (apiVersion: string, kind: string, metadata: Metadata, fields: Fields = {}): Resource => ({
  apiVersion,
  kind,
  metadata: {
    ...metadata,
    labels: {
      ...metadata.labels,
      'app.kubernetes.io/name': metadata.name,
      'app.kubernetes.io/part-of': 'homepage',
    },
  },
  ...fields,
});

const tiers: Record<string, string> = { frontend: 'public', api: 'app' };
const labelsOf = (name: string): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'homepage',
  'homepage.dev/tier': tiers[name] ?? 'data',
});

const account = (namespace: string, name: string, token = false): Resource =>
  make('v1', 'ServiceAccount', { name, namespace }, { automountServiceAccountToken: token });

/** What an injected pod says of a file beside its certificate. */
const secretFile = (name: string, path: string): Record<string, string> => ({
  [`${V}agent-inject-secret-${name}`]: path,
  [`${V}agent-inject-perms-${name}`]: '0400',
  [`${V}error-on-missing-key-${name}`]: 'true',
  [`${V}agent-inject-template-${name}`]: `{{ with secret "${path}" }}{{ .Data.data.text }}{{ end }}`,
});

/** What an injected pod says, with one template for the certificate. */
const injection = (environment: string, service: string, ends = false): Record<string, string> => ({
  [`${V}agent-inject`]: 'true',
  [`${V}service`]: 'https://vault.vault.svc:8200',
  [`${V}tls-secret`]: 'vault-ca',
  [`${V}ca-cert`]: '/vault/tls/ca.crt',
  [`${V}template-config-exit-on-retry-failure`]: 'false',
  [`${V}auth-type`]: 'approle',
  [`${V}auth-path`]: 'auth/approle',
  [`${V}agent-extra-secret`]: `approle-${service}`,
  [`${V}auth-config-role-id-file-path`]: '/vault/custom/role-id',
  [`${V}auth-config-secret-id-file-path`]: '/vault/custom/secret-id',
  [`${V}auth-config-remove-secret-id-file-after-reading`]: 'false',
  [`${V}agent-service-account-token-volume-name`]: 'token',
  [`${V}agent-requests-cpu`]: '20m',
  [`${V}agent-requests-mem`]: '64Mi',
  [`${V}agent-limits-cpu`]: '250m',
  [`${V}agent-limits-mem`]: '128Mi',
  [`${V}agent-inject-secret-tls.pem`]: `pki-${environment}/issue/${service}`,
  [`${V}agent-inject-perms-tls.pem`]: '0400',
  [`${V}error-on-missing-key-tls.pem`]: 'true',
  [`${V}agent-inject-template-tls.pem`]:
    '{{ pkiCert }} writes /vault/secrets/tls.crt, /vault/secrets/tls.key and /vault/secrets/ca.crt',
  ...(ends && { [`${V}agent-pre-populate-only`]: 'true' }),
});

const token = {
  name: 'token',
  projected: {
    sources: [{ serviceAccountToken: { audience: 'vault', path: 'token', expirationSeconds: 3600 } }],
  },
};

type Part = {
  name: string;
  namespace: string;
  image: string;
  ports?: { name: string; containerPort: number }[];
  annotations?: Record<string, string>;
  container?: Fields;
  volumes?: Fields[];
  requests?: { cpu: string; memory: string };
  memory?: string;
  ends?: boolean;
};

function template(part: Part): Fields {
  const { name, image, ports, annotations = {}, container = {}, volumes = [], ends = false } = part;
  const port = ports?.[0]?.name;
  // The rest is asked whether it listens.
  const asked = (path: string): Fields =>
    name === 'api' ? { httpGet: { path, port } } : { tcpSocket: { port } };
  return {
    metadata: { labels: labelsOf(name), annotations },
    spec: {
      serviceAccountName: name,
      enableServiceLinks: false,
      ...(name === 'api' && {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: selector(name),
          },
        ],
      }),
      ...(ends ? { restartPolicy: 'Never' } : { terminationGracePeriodSeconds: 40 }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name,
          image: `example.dev/${image}@${DIGEST}`,
          ...(ports && { ports }),
          resources: {
            requests: part.requests ?? { cpu: '100m', memory: '128Mi' },
            limits: { memory: part.memory ?? '256Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          ...(!ends && {
            startupProbe: asked('/livez'),
            readinessProbe: asked('/readyz'),
            livenessProbe: asked('/livez'),
          }),
          ...container,
        },
      ],
      volumes: annotations[`${V}agent-inject`] ? [...volumes, token] : volumes,
    },
  };
}

const selector = (name: string): Fields => ({ matchLabels: { 'app.kubernetes.io/name': name } });

const scratch = (...paths: string[]): { mounts: Fields[]; volumes: Fields[] } => ({
  mounts: paths.map((mountPath) => ({ name: mountPath.slice(1).replaceAll('/', '-'), mountPath })),
  volumes: paths.map((path) => ({
    name: path.slice(1).replaceAll('/', '-'),
    emptyDir: { sizeLimit: '16Mi' },
  })),
});

const service = (namespace: string, name: string, port: number, targetPort: string, fields: Fields = {}) =>
  make(
    'v1',
    'Service',
    { name, namespace },
    {
      spec: {
        selector: { 'app.kubernetes.io/name': name },
        ports: [{ name: targetPort, port, targetPort }],
        ...fields,
      },
    },
  );

const throughTraefik = (one: Resource): Resource => ({
  ...one,
  metadata: {
    ...one.metadata,
    annotations: {
      'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
      'traefik.ingress.kubernetes.io/service.serverstransport': `${one.metadata.namespace}-${one.metadata.name}@kubernetescrd`,
    },
  },
});

const deployment = (part: Part, fields: Fields = {}): Resource[] => [
  account(part.namespace, part.name, part.name === 'vault-agent-injector'),
  make(
    'apps/v1',
    'Deployment',
    { name: part.name, namespace: part.namespace },
    {
      spec: {
        minReadySeconds: 5,
        progressDeadlineSeconds: 120,
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: selector(part.name),
        template: template(part),
        ...fields,
      },
    },
  ),
];

const claim = (name: string): Fields => ({
  metadata: { name, annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' } },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'local-path-retain',
    resources: { requests: { storage: '1Gi' } },
  },
});

const statefulSet = (part: Part, claims: string[], port: number): Resource[] => [
  account(part.namespace, part.name),
  service(part.namespace, part.name, port, part.ports![0]!.name, { clusterIP: 'None' }),
  make(
    'apps/v1',
    'StatefulSet',
    { name: part.name, namespace: part.namespace },
    {
      spec: {
        replicas: 1,
        serviceName: part.name,
        selector: selector(part.name),
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: template(part),
        volumeClaimTemplates: claims.map(claim),
      },
    },
  ),
];

const cronJob = (part: Part, schedule: string): Resource[] => [
  account(part.namespace, part.name),
  make(
    'batch/v1',
    'CronJob',
    { name: part.name, namespace: part.namespace },
    {
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: { backoffLimit: 1, activeDeadlineSeconds: 3600, template: template({ ...part, ends: true }) },
        },
      },
    },
  ),
];

const policy = (namespace: string, name: string, spec: Fields): Resource =>
  make('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace }, { spec });

const to = (namespace: string, labels: Record<string, string>): Fields => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels: labels },
});
const part = (namespace: string, name: string): Fields => to(namespace, { 'app.kubernetes.io/name': name });

/** Deny all, and names of kube-dns for all. */
const basics = (namespace: string): Resource[] => [
  make('v1', 'Namespace', {
    name: namespace,
    labels: {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'homepage.dev/vault-injection': 'enabled',
    },
  }),
  policy(namespace, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy(namespace, 'dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [to('kube-system', { 'k8s-app': 'kube-dns' })],
        ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
      },
    ],
  }),
];

const node: Party = { name: 'node', address: '10.0.0.10' };
const internet: Party = { name: 'internet', address: '203.0.113.10' };
const outside = (name: string, namespace: string, labels: Record<string, string>, port: number): Party => ({
  name,
  address: '10.42.9.9',
  pod: { namespace, labels, ports: [{ port, protocol: 'TCP' }] },
});
const strangers: Party[] = [
  node,
  internet,
  outside('traefik', 'kube-system', { 'app.kubernetes.io/name': 'traefik' }, 8443),
  outside('kube-dns', 'kube-system', { 'k8s-app': 'kube-dns' }, 53),
  outside('solver', HOME, { 'acme.cert-manager.io/http01-solver': 'true' }, 8089),
];

type Edge = { from: string; to: string; port: number; protocol?: string };
const edges: Edge[] = [
  { from: 'traefik', to: `${HOME}/frontend`, port: 8080 },
  { from: 'traefik', to: `${HOME}/api`, port: 3000 },
  { from: 'traefik', to: 'solver', port: 8089 },
  { from: `${HOME}/frontend`, to: `${HOME}/api`, port: 3000 },
  { from: `${HOME}/api`, to: `${HOME}/postgresql`, port: 5432 },
  { from: `${HOME}/api`, to: `${HOME}/valkey`, port: 6379 },
  { from: `${HOME}/api`, to: 'internet', port: 443 },
  ...['api', 'postgresql', 'valkey'].map((name) => ({
    from: `${HOME}/${name}`,
    to: 'vault/vault',
    port: 8200,
  })),
  ...['backup', 'backup-verify', 'backup-prune'].flatMap((name) => [
    { from: `${HOME}/${name}`, to: `${HOME}/postgresql`, port: 5432 },
    { from: `${HOME}/${name}`, to: 'vault/vault', port: 8200 },
  ]),
  { from: 'node', to: 'vault/vault-agent-injector', port: 8080 },
  { from: 'vault/vault-agent-injector', to: 'node', port: 6443 },
];

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'];

/** One policy for the ingress of each target, one for the egress of each source. */
function policiesOf(list: Edge[]): Resource[] {
  const peer = (name: string): Fields => {
    if (name === 'node') return { ipBlock: { cidr: '10.0.0.10/32' } };
    if (name === 'internet') return { ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } };
    const stranger = strangers.find((one) => one.name === name)?.pod;
    if (stranger) return to(stranger.namespace, stranger.labels);
    const [namespace, workload] = name.split('/');
    return part(namespace!, workload!);
  };
  const ours = (name: string): boolean => name.includes('/') || name === 'solver';
  const nameParts = (name: string): [string, Fields] =>
    name === 'solver'
      ? [HOME, { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } }]
      : [name.split('/')[0]!, selector(name.split('/')[1]!)];
  return [...new Set(list.flatMap((edge) => [edge.from, edge.to]))].filter(ours).map((name) => {
    const [namespace, podSelector] = nameParts(name);
    const ports = (edge: Edge) => [{ protocol: edge.protocol ?? 'TCP', port: edge.port }];
    return policy(namespace, name.replace('/', '-'), {
      podSelector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: list
        .filter((edge) => edge.to === name)
        .map((edge) => ({ from: [peer(edge.from)], ports: ports(edge) })),
      egress: list
        .filter((edge) => edge.from === name)
        .map((edge) => ({ to: [peer(edge.to)], ports: ports(edge) })),
    });
  });
}

function cluster(): Resource[] {
  return [
    ...basics('vault'),
    make(
      'storage.k8s.io/v1',
      'StorageClass',
      { name: 'local-path-retain' },
      {
        provisioner: 'rancher.io/local-path',
        reclaimPolicy: 'Retain',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ),
    make(
      'cert-manager.io/v1',
      'ClusterIssuer',
      { name: 'letsencrypt-staging' },
      {
        spec: {
          acme: {
            server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
            privateKeySecretRef: { name: 'letsencrypt-staging' },
            solvers: [{ http01: { ingress: { ingressClassName: 'traefik' } } }],
          },
        },
      },
    ),
    ...deployment({
      name: 'vault-agent-injector',
      namespace: 'vault',
      image: 'vault-k8s',
      ports: [{ name: 'https', containerPort: 8080 }],
      container: {
        args: ['agent-inject'],
        env: [
          { name: 'AGENT_INJECT_TLS_AUTO', value: 'vault-agent-injector' },
          { name: 'AGENT_INJECT_LISTEN', value: ':8080' },
          { name: 'AGENT_INJECT_VAULT_ADDR', value: 'https://vault.vault.svc:8200' },
          { name: 'AGENT_INJECT_VAULT_IMAGE', value: `example.dev/vault@${DIGEST}` },
          { name: 'AGENT_INJECT_TLS_AUTO_HOSTS', value: 'vault-agent-injector.vault.svc' },
        ],
        readinessProbe: { httpGet: { path: '/health/ready', port: 'https', scheme: 'HTTPS' } },
      },
    }),
    service('vault', 'vault-agent-injector', 443, 'https'),
    make(
      'rbac.authorization.k8s.io/v1',
      'ClusterRole',
      { name: 'vault-agent-injector' },
      {
        rules: [
          {
            apiGroups: ['admissionregistration.k8s.io'],
            resources: ['mutatingwebhookconfigurations'],
            resourceNames: ['vault-agent-injector'],
            verbs: ['get', 'list', 'watch', 'patch'],
          },
        ],
      },
    ),
    make(
      'rbac.authorization.k8s.io/v1',
      'ClusterRoleBinding',
      { name: 'vault-agent-injector' },
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'vault-agent-injector' },
        subjects: [{ kind: 'ServiceAccount', name: 'vault-agent-injector', namespace: 'vault' }],
      },
    ),
    make(
      'admissionregistration.k8s.io/v1',
      'MutatingWebhookConfiguration',
      { name: 'vault-agent-injector' },
      {
        webhooks: [
          {
            name: 'vault.hashicorp.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            namespaceSelector: { matchLabels: { 'homepage.dev/vault-injection': 'enabled' } },
            clientConfig: { service: { name: 'vault-agent-injector', namespace: 'vault', path: '/mutate' } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
        ],
      },
    ),
    make(
      'v1',
      'ConfigMap',
      { name: 'vault', namespace: 'vault' },
      // What it opens itself with is not here.
      { data: { 'primary.hcl': file('vault/primary.hcl').replaceAll('vault-bootstrap.', 'vault.') } },
    ),
    make(
      'cert-manager.io/v1',
      'Issuer',
      { name: 'authority', namespace: 'vault' },
      { spec: { selfSigned: {} } },
    ),
    make(
      'cert-manager.io/v1',
      'Certificate',
      { name: 'vault', namespace: 'vault' },
      {
        spec: {
          secretName: 'vault-tls',
          dnsNames: ['vault.vault.svc'],
          duration: '8760h',
          renewBefore: '1440h',
          usages: ['digital signature', 'server auth'],
          privateKey: { rotationPolicy: 'Always' },
          issuerRef: { kind: 'Issuer', name: 'authority' },
        },
      },
    ),
    ...statefulSet(
      {
        name: 'vault',
        namespace: 'vault',
        image: 'vault',
        ports: [{ name: 'https', containerPort: 8200 }],
        container: {
          args: ['server', '-config=/etc/vault/primary.hcl'],
          env: [
            { name: 'VAULT_TOKEN', valueFrom: { secretKeyRef: { name: 'vault-seal-token', key: 'token' } } },
          ],
          volumeMounts: [
            { name: 'configuration', mountPath: '/etc/vault' },
            { name: 'data', mountPath: '/vault/data' },
            { name: 'audit', mountPath: '/vault/audit' },
            { name: 'tls', mountPath: '/vault/tls' },
            ...scratch('/tmp').mounts,
          ],
        },
        volumes: [
          { name: 'configuration', configMap: { name: 'vault' } },
          { name: 'tls', secret: { secretName: 'vault-tls' } },
          ...scratch('/tmp').volumes,
        ],
      },
      ['data', 'audit'],
      8200,
    ),
    ...policiesOf(edges).filter(({ metadata }) => metadata.namespace === 'vault'),
  ];
}

function dev(): Resource[] {
  const backup = (name: string, words: string, schedule: string): Resource[] =>
    cronJob(
      {
        name,
        namespace: HOME,
        image: 'homepage-backend',
        annotations: injection('dev', 'backup', true),
        container: {
          args: ['apps/ops/src/main.ts', ...words.split(' ')],
          ...(name === 'backup' && {
            env: [
              {
                name: 'BACKUP_RECIPIENTS',
                valueFrom: { configMapKeyRef: { name: 'backup', key: 'recipients', optional: true } },
              },
            ],
          }),
          volumeMounts: [{ name: 'work', mountPath: '/tmp' }],
        },
        volumes: [{ name: 'work', emptyDir: { sizeLimit: '1Gi' } }],
      },
      schedule,
    );
  const middlewares = ['headers', 'rate-limit'].map((name) => `${HOME}-${name}@kubernetescrd`).join(',');
  const route = (path: string, name: string) => ({
    path,
    pathType: 'Prefix',
    backend: { service: { name, port: { name: name === 'api' ? 'https' : 'http' } } },
  });
  return [
    ...basics(HOME),
    ...deployment(
      {
        name: 'frontend',
        namespace: HOME,
        image: 'homepage-frontend',
        ports: [{ name: 'http', containerPort: 8080 }],
        container: {
          volumeMounts: [
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'place', mountPath: '/etc/nginx/local/place.conf', subPath: 'place.conf' },
          ],
        },
        volumes: [
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
          { name: 'place', configMap: { name: 'frontend-place' } },
        ],
      },
      { replicas: 1 },
    ),
    make(
      'v1',
      'ConfigMap',
      { name: 'frontend-place', namespace: HOME },
      { data: { 'place.conf': 'set_real_ip_from 10.42.0.0/16;' } },
    ),
    service(HOME, 'frontend', 80, 'http'),
    ...deployment({
      name: 'api',
      namespace: HOME,
      image: 'homepage-backend',
      annotations: injection('dev', 'api'),
      ports: [
        { name: 'ops', containerPort: 9464 },
        { name: 'https', containerPort: 3000 },
      ],
      container: {
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
        env: [
          { name: 'OPS_HOST', value: '0.0.0.0' },
          { name: 'PUBLIC_URL', value: `https://${HOST}` },
          { name: 'TRUSTED_PROXIES', value: '10.42.0.0/16' },
        ],
        volumeMounts: scratch('/tmp').mounts,
      },
      volumes: scratch('/tmp').volumes,
    }),
    throughTraefik(service(HOME, 'api', 3000, 'https')),
    make(
      'traefik.io/v1alpha1',
      'ServersTransport',
      { name: 'api', namespace: HOME },
      {
        spec: {
          serverName: 'homepage-api',
          rootCAs: [{ secret: 'vault-ca' }],
          certificatesSecrets: ['vault-ca'],
        },
      },
    ),
    make(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { name: 'api', namespace: HOME },
      {
        spec: {
          minReplicas: 2,
          maxReplicas: 3,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
            },
          ],
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
        },
      },
    ),
    make(
      'policy/v1',
      'PodDisruptionBudget',
      { name: 'api', namespace: HOME },
      {
        spec: { maxUnavailable: 1, selector: selector('api') },
      },
    ),
    make(
      'v1',
      'ConfigMap',
      { name: 'postgresql', namespace: HOME },
      {
        data: Object.fromEntries(
          ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'].map((name) => [
            name,
            file(`postgresql/${name}`),
          ]),
        ),
      },
    ),
    ...statefulSet(
      {
        name: 'postgresql',
        namespace: HOME,
        image: 'postgres',
        annotations: injection('dev', 'postgresql'),
        ports: [{ name: 'postgresql', containerPort: 5432 }],
        container: {
          startupProbe: { tcpSocket: { port: 'postgresql' } },
          readinessProbe: { tcpSocket: { port: 'postgresql' } },
          livenessProbe: { tcpSocket: { port: 'postgresql' } },
          command: [
            'postgres',
            '--config-file=/etc/postgresql/postgresql.conf',
            '--data-directory=/var/lib/postgresql/18/docker',
          ],
          volumeMounts: [
            { name: 'configuration', mountPath: '/etc/postgresql' },
            { name: 'data', mountPath: '/var/lib/postgresql' },
            ...scratch('/var/run/postgresql', '/tmp').mounts,
            { name: 'shm', mountPath: '/dev/shm' },
          ],
        },
        volumes: [
          { name: 'configuration', configMap: { name: 'postgresql' } },
          ...scratch('/var/run/postgresql', '/tmp').volumes,
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
        ],
      },
      ['data'],
      5432,
    ),
    make(
      'v1',
      'ConfigMap',
      { name: 'valkey', namespace: HOME },
      { data: { 'valkey.conf': file('valkey/valkey.conf') } },
    ),
    service(HOME, 'valkey', 6379, 'valkey'),
    ...deployment(
      {
        name: 'valkey',
        namespace: HOME,
        image: 'valkey',
        ports: [{ name: 'valkey', containerPort: 6379 }],
        annotations: {
          ...injection('dev', 'valkey'),
          ...secretFile('users.acl', 'kv/data/dev/valkey/user-api'),
        },
        container: {
          args: ['/etc/valkey/valkey.conf', '--tls-auto-reload-interval', '60'],
          volumeMounts: [{ name: 'configuration', mountPath: '/etc/valkey' }, ...scratch('/data').mounts],
        },
        volumes: [{ name: 'configuration', configMap: { name: 'valkey' } }, ...scratch('/data').volumes],
      },
      { replicas: 1 },
    ),
    ...backup('backup', 'backup run --scheduled', '0 */6 * * *'),
    ...backup('backup-verify', 'backup verify', '30 3 * * *'),
    ...backup('backup-prune', 'backup prune', '0 5 * * *'),
    make(
      'traefik.io/v1alpha1',
      'Middleware',
      { name: 'headers', namespace: HOME },
      {
        spec: { headers: { stsSeconds: 31_536_000, contentTypeNosniff: true } },
      },
    ),
    make(
      'traefik.io/v1alpha1',
      'Middleware',
      { name: 'rate-limit', namespace: HOME },
      {
        spec: { rateLimit: { average: 100, burst: 200 } },
      },
    ),
    make(
      'networking.k8s.io/v1',
      'Ingress',
      {
        name: 'homepage',
        namespace: HOME,
        annotations: {
          'cert-manager.io/cluster-issuer': 'letsencrypt-staging',
          'traefik.ingress.kubernetes.io/router.middlewares': middlewares,
        },
      },
      {
        spec: {
          ingressClassName: 'traefik',
          tls: [{ hosts: [HOST], secretName: 'homepage-tls' }],
          rules: [{ host: HOST, http: { paths: [route('/api', 'api'), route('/', 'frontend')] } }],
        },
      },
    ),
    ...policiesOf(edges).filter(({ metadata }) => metadata.namespace === HOME),
  ];
}

const overlay = (name: OverlayName, resources: Resource[]) => ({
  name,
  resources,
  files: new Map<string, string>(),
  trouble: [],
});

/** Two services; the others are in production alone. */
const compose = (): Compose => ({
  services: {
    api: {
      image: '${BACKEND_IMAGE:?}',
      environment: { OPS_HOST: '0.0.0.0', DATABASE_URL: '', HOST: '0.0.0.0' },
      ports: ['127.0.0.1:${PORT:-3000}:3000'],
    },
    postgres: {
      image: '${POSTGRES_IMAGE:?}',
      volumes: ['postgres-data:/var/lib/postgresql', './pg_hba.conf:/etc/postgresql/pg_hba.conf:ro'],
    },
  },
  counterparts: {
    api: {
      containers: ['site/api api'],
      ports: { 3000: 'https' },
      variables: {
        OPS_HOST: { variable: 'OPS_HOST' },
        DATABASE_URL: { file: 'tls.pem' },
        HOST: { image: 'backend' },
      },
      mounts: {},
    },
    postgres: {
      containers: ['site/postgresql postgresql'],
      ports: {},
      variables: {},
      mounts: {
        'postgres-data': { claim: 'data' },
        './pg_hba.conf': { config: 'postgresql/pg_hba.conf' },
      },
    },
  },
  onlyInProduction: [
    { what: /^(vault\/|site\/(frontend|valkey|backup))/, why: 'not here' },
    { what: /^site\/api api (port ops|variable (PUBLIC_URL|TRUSTED_PROXIES))$/, why: 'nobody asks it' },
    { what: /^site\/postgresql (file tls\.pem|config|postgresql port)/, why: 'no TLS' },
  ],
  images: { BACKEND_IMAGE: 'example.dev/homepage-backend', POSTGRES_IMAGE: 'example.dev/postgres' },
  imageVariables: { backend: ['HOST'], frontend: [] },
});

export function fixture(): Rendered {
  const rendered: Rendered = {
    overlays: [overlay('cluster', cluster()), overlay('dev', dev())],
    compose: compose(),
    matrix: ({ parties }) => ({
      parties: [...parties.values(), ...strangers],
      edges: [
        ...edges.map((edge): Connection => ({ protocol: 'TCP', ...edge })),
        // Everybody may ask kube-dns, by both protocols.
        ...[...parties.keys(), 'solver'].flatMap((from) =>
          ['UDP', 'TCP'].map((protocol) => ({ from, to: 'kube-dns', port: 53, protocol })),
        ),
      ],
    }),
  };
  return { ...rendered, capacityPage: capacityDocument(rendered) };
}
