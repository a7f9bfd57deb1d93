/** Manifests that are wrong, one thing each: which check must say so, and how. Applied to the cluster of fixture.ts. */
import type { Rendered, Resource } from './resource.ts';

export type Broken = {
  check: number;
  name: string;
  breaks(rendered: Rendered): void;
  /** of the finding */
  message: RegExp;
};

// Manifests are changed here in ways that their types forbid.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

/** @param name "Deployment api" */
function find({ overlays }: Rendered, name: string): Any {
  const found = overlays
    .flatMap(({ resources }) => resources)
    .find(({ kind, metadata }) => `${kind} ${metadata.name}` === name);
  if (!found) throw new Error(`the fixture has no ${name}`);
  return found;
}

const change =
  (name: string, edit: (resource: Any) => void) =>
  (rendered: Rendered): void =>
    edit(find(rendered, name));

const podOf = (resource: Any): Any =>
  (resource.kind === 'CronJob' ? resource.spec.jobTemplate.spec : resource.spec).template.spec;

const inPod = (name: string, edit: (pod: Any) => void) => change(name, (resource) => edit(podOf(resource)));
const inContainer = (name: string, edit: (container: Any) => void) =>
  inPod(name, (pod) => edit(pod.containers[0]));
const annotated = (name: string, annotation: string, value?: string) =>
  change(name, (resource) => {
    const spec = resource.kind === 'CronJob' ? resource.spec.jobTemplate.spec : resource.spec;
    const key = `vault.hashicorp.com/${annotation}`;
    if (value === undefined) delete spec.template.metadata.annotations[key];
    else spec.template.metadata.annotations[key] = value;
  });

const add =
  (overlay: string, resource: Resource) =>
  ({ overlays }: Rendered): void =>
    void overlays.find(({ name }) => name === overlay)!.resources.push(resource);

const remove =
  (name: string) =>
  (rendered: Rendered): void => {
    const found = find(rendered, name) as Resource;
    for (const overlay of rendered.overlays)
      overlay.resources = overlay.resources.filter((one) => one !== found);
  };

/** How Traefik's certificate is asked for, with one thing changed. */
function vaultIssuer(edit: (vault: Any) => void): Resource {
  const vault = {
    server: 'https://vault.vault.svc:8200',
    path: 'pki-dev/sign/traefik',
    caBundleSecretRef: { name: 'vault-ca', key: 'ca.crt' },
    auth: {
      appRole: {
        path: 'approle',
        roleId: 'dev-traefik',
        secretRef: { name: 'approle-traefik', key: 'secret-id' },
      },
    },
  };
  edit(vault);
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name: 'vault', namespace: 'homepage-dev' },
    spec: { vault },
  };
}

const transport = (spec: object): Resource => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'ServersTransport',
  metadata: { name: 'second', namespace: 'homepage-dev' },
  spec: { serverName: 'homepage-api', ...spec },
});

const job = (annotations: Record<string, string>): Resource => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'homepage-dev', annotations },
  spec: { template: { spec: { containers: [] } } },
});

const route = (spec: object, first: object = {}): Resource => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'to-https', namespace: 'kube-system' },
  spec: {
    routes: [
      {
        match: 'PathPrefix(`/`)',
        middlewares: [{ name: 'to-https' }],
        services: [{ name: 'noop@internal' }],
        ...first,
      },
    ],
    ...spec,
  },
});

export const broken: Broken[] = [
  {
    check: 1,
    name: 'two renders differ',
    breaks: ({ overlays }) => void overlays[0]!.trouble.push('two renders in a row are not the same bytes'),
    message: /not the same bytes/,
  },
  {
    check: 1,
    name: 'a field is misspelt',
    breaks: inContainer('Deployment api', (container) => {
      container.resources.limit = container.resources.limits;
    }),
    message: /there is no field "limit" here/,
  },
  {
    check: 1,
    name: 'a field of a custom resource is misspelt',
    breaks: change('Middleware rate-limit', ({ spec }) => (spec.rateLimit.brust = 5)),
    message: /there is no field "brust" here/,
  },
  {
    check: 1,
    name: 'a word is none of those that may be there',
    breaks: change('CronJob backup', ({ spec }) => (spec.concurrencyPolicy = 'Forbidden')),
    message: /none of the words/,
  },
  {
    check: 1,
    name: 'an old version',
    breaks: change('CronJob backup', (job) => (job.apiVersion = 'batch/v1beta1')),
    message: /no schema of batch\/v1beta1 CronJob/,
  },
  {
    check: 1,
    name: 'the same twice',
    breaks: (rendered) => add('dev', structuredClone(find(rendered, 'Service api') as Resource))(rendered),
    message: /there twice/,
  },
  {
    check: 2,
    name: 'a tag',
    breaks: inContainer(
      'Deployment api',
      (container) => (container.image = 'example.dev/homepage-backend:prod'),
    ),
    message: /has no digest/,
  },
  {
    check: 2,
    name: 'an image that is not locked',
    breaks: (rendered) => void (rendered.images = new Set([`example.dev/vault@sha256:${'0'.repeat(64)}`])),
    message: /deploy\/images\.lock has no example\.dev/,
  },
  {
    check: 3,
    name: 'a namespace without Pod Security',
    breaks: change('Namespace vault', ({ metadata }) => delete metadata.labels),
    message: /no label pod-security/,
  },
  {
    check: 3,
    name: 'privileged',
    breaks: change(
      'Namespace vault',
      ({ metadata }) => (metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged'),
    ),
    message: /it enforces "privileged"/,
  },
  {
    check: 4,
    name: 'root',
    breaks: inPod('Deployment api', ({ securityContext }) => (securityContext.runAsUser = 0)),
    message: /runAsUser is no number above 0/,
  },
  {
    check: 4,
    name: 'a container of its own opinion',
    breaks: inContainer('Deployment api', ({ securityContext }) => (securityContext.runAsNonRoot = false)),
    message: /runAsNonRoot is not true/,
  },
  {
    check: 5,
    name: 'a capability',
    breaks: inContainer(
      'Deployment frontend',
      ({ securityContext }) => (securityContext.capabilities.add = ['NET_BIND_SERVICE']),
    ),
    message: /capabilities are added/,
  },
  {
    check: 5,
    name: 'a root that can be written',
    breaks: inContainer(
      'Deployment frontend',
      ({ securityContext }) => delete securityContext.readOnlyRootFilesystem,
    ),
    message: /its root can be written/,
  },
  {
    check: 6,
    name: 'a mount of nothing',
    breaks: inPod('Deployment frontend', (pod) => (pod.volumes = [])),
    message: /mounts the volume "tmp", which is not there/,
  },
  {
    check: 6,
    name: 'an emptyDir without a size',
    breaks: inPod('Deployment frontend', ({ volumes }) => delete volumes[0].emptyDir.sizeLimit),
    message: /has no sizeLimit/,
  },
  {
    check: 7,
    name: 'no memory limit',
    breaks: inContainer('Deployment api', ({ resources }) => delete resources.limits),
    message: /limits\.memory is not set/,
  },
  {
    check: 7,
    name: 'an agent of the default size',
    breaks: annotated('Deployment api', 'agent-requests-mem'),
    message: /agent-requests-mem is not set/,
  },
  {
    check: 8,
    name: 'more than the server has',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.requests.cpu = '4')),
    message: /% of the server's cpu/,
  },
  {
    check: 9,
    name: 'the default account',
    breaks: inPod('Deployment api', (pod) => delete pod.serviceAccountName),
    message: /no service account of its own/,
  },
  {
    check: 9,
    name: 'an account that is not there',
    breaks: remove('ServiceAccount api'),
    message: /there is no ServiceAccount/,
  },
  {
    check: 9,
    name: 'an account of another one',
    breaks: inPod('Deployment frontend', (pod) => (pod.serviceAccountName = 'api')),
    message: /shares the service account api/,
  },
  {
    check: 9,
    name: 'a token',
    breaks: inPod('Deployment api', (pod) => (pod.automountServiceAccountToken = true)),
    message: /a token of the API server is mounted/,
  },
  {
    check: 10,
    name: 'a star',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => (rules[0].verbs = ['*'])),
    message: /verbs holds a star/,
  },
  {
    check: 10,
    name: 'everything',
    breaks: change(
      'ClusterRoleBinding vault-agent-injector',
      ({ roleRef }) => (roleRef.name = 'cluster-admin'),
    ),
    message: /binds ClusterRole cluster-admin/,
  },
  {
    check: 11,
    name: 'open egress',
    breaks: change('NetworkPolicy default-deny', ({ spec }) => (spec.policyTypes = ['Ingress'])),
    message: /nothing denies egress/,
  },
  {
    check: 12,
    name: 'DNS of anybody',
    breaks: change('NetworkPolicy dns', ({ spec }) => (spec.egress[0].to = [])),
    message: /asks others than kube-dns/,
  },
  {
    check: 12,
    name: 'UDP alone',
    breaks: change('NetworkPolicy dns', ({ spec }) => spec.egress[0].ports.pop()),
    message: /TCP 53 is missing/,
  },
  {
    check: 13,
    name: 'the port of the Service',
    breaks: change('NetworkPolicy vault-vault', ({ spec }) => (spec.ingress[0].ports[0].port = 443)),
    message: /vault listens not on TCP 443/,
  },
  {
    check: 14,
    name: 'a label that nobody has',
    breaks: change(
      'NetworkPolicy homepage-dev-api',
      ({ spec }) => (spec.podSelector.matchLabels['app.kubernetes.io/name'] = 'apy'),
    ),
    message: /it selects no pod/,
  },
  {
    check: 15,
    name: 'an edge less',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) => spec.egress.shift()),
    message: /api → homepage-dev\/postgresql, TCP 5432 is an edge, and is not allowed/,
  },
  {
    check: 15,
    name: 'a way too many',
    breaks: (rendered) => {
      for (const [name, field] of [
        ['homepage-dev-frontend', 'egress'],
        ['homepage-dev-postgresql', 'ingress'],
      ] as const)
        find(rendered, `NetworkPolicy ${name}`).spec[field] = [{}];
    },
    message: /frontend → homepage-dev\/postgresql, TCP 5432 is let into it, and is no edge/,
  },
  {
    check: 16,
    name: 'the wrong port of the solver',
    breaks: remove('NetworkPolicy solver'),
    message: /does not reach the solver/,
  },
  {
    check: 17,
    name: 'the port of the Service of the API server',
    breaks: change(
      'NetworkPolicy vault-vault-agent-injector',
      ({ spec }) => (spec.egress[0].ports[0].port = 443),
    ),
    message: /does not reach it/,
  },
  {
    check: 17,
    name: 'a reader of the API server that needs nothing of it',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) =>
      spec.egress.push({ to: [{ ipBlock: { cidr: '10.0.0.10/32' } }], ports: [{ port: 6443 }] }),
    ),
    message: /api reaches the API server/,
  },
  {
    check: 18,
    name: 'a database on the internet',
    breaks: change('NetworkPolicy homepage-dev-postgresql', ({ spec }) =>
      spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }),
    ),
    message: /postgresql is in the data tier/,
  },
  {
    check: 18,
    name: 'the internet, and everything inside',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) => {
      for (const { to } of spec.egress) if (to[0].ipBlock) delete to[0].ipBlock.except;
    }),
    message: /networks of pods, Services and nodes/,
  },
  {
    check: 19,
    name: 'a Service of nobody',
    breaks: change('Service api', ({ spec }) => (spec.selector['app.kubernetes.io/name'] = 'apy')),
    message: /it selects no pod/,
  },
  {
    check: 19,
    name: 'a port that pods do not have',
    breaks: change('Service api', ({ spec }) => (spec.ports[0].targetPort = 'htps')),
    message: /api has no port htps/,
  },
  {
    check: 19,
    name: 'an Ingress to nothing',
    breaks: remove('Service frontend'),
    message: /there is no Service frontend/,
  },
  {
    check: 20,
    name: 'a NodePort',
    breaks: change('Service api', ({ spec }) => (spec.type = 'NodePort')),
    message: /it is a NodePort/,
  },
  {
    check: 20,
    name: 'a folder of the node',
    breaks: inPod('Deployment api', ({ volumes }) => volumes.push({ name: 'x', hostPath: { path: '/' } })),
    message: /is \/ of the node/,
  },
  {
    check: 20,
    name: 'the network of the node',
    breaks: inPod('Deployment api', (pod) => (pod.hostNetwork = true)),
    message: /hostNetwork is true/,
  },
  {
    check: 21,
    name: 'a host without a certificate',
    breaks: change('Ingress homepage', ({ spec }) => (spec.tls[0].hosts = ['other.example'])),
    message: /has no certificate/,
  },
  {
    check: 21,
    name: 'another class',
    breaks: change('Ingress homepage', ({ spec }) => (spec.ingressClassName = 'nginx')),
    message: /no controller takes it/,
  },
  {
    check: 22,
    name: 'dev asks the real one',
    breaks: change(
      'Ingress homepage',
      ({ metadata }) => (metadata.annotations['cert-manager.io/cluster-issuer'] = 'letsencrypt-prod'),
    ),
    message: /dev asks letsencrypt-prod/,
  },
  {
    check: 22,
    name: 'staging that is not',
    breaks: change(
      'ClusterIssuer letsencrypt-staging',
      ({ spec }) => (spec.acme.server = 'https://acme-v02.api.letsencrypt.org/directory'),
    ),
    message: /letsencrypt-staging asks/,
  },
  {
    check: 23,
    name: 'metrics for all',
    breaks: change('Service api', ({ spec }) => (spec.ports[0].targetPort = 'ops')),
    message: /leads to 9464/,
  },
  {
    check: 24,
    name: 'no rate limit',
    breaks: remove('Middleware rate-limit'),
    message: /there is no middleware homepage-dev-rate-limit/,
  },
  {
    check: 24,
    name: 'HSTS of a minute',
    breaks: change('Middleware headers', ({ spec }) => (spec.headers.stsSeconds = 60)),
    message: /HSTS is off/,
  },
  {
    check: 25,
    name: 'replicas beside an autoscaler',
    breaks: change('Deployment api', ({ spec }) => (spec.replicas = 2)),
    message: /an autoscaler decides/,
  },
  {
    check: 25,
    name: 'an autoscaler of nothing',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => (spec.scaleTargetRef.name = 'apy')),
    message: /there is no Deployment apy/,
  },
  {
    check: 26,
    name: 'the default rollout',
    breaks: change('Deployment api', ({ spec }) => delete spec.strategy),
    message: /pods go before others are ready/,
  },
  {
    check: 26,
    name: 'a rollout without an end',
    breaks: change('Deployment api', ({ spec }) => delete spec.progressDeadlineSeconds),
    message: /nothing says when a rollout has failed/,
  },
  {
    check: 27,
    name: 'swapped probes',
    breaks: inContainer('Deployment api', (container) => {
      const { livenessProbe, readinessProbe } = container;
      Object.assign(container, { livenessProbe: readinessProbe, readinessProbe: livenessProbe });
    }),
    message: /are swapped/,
  },
  {
    check: 27,
    name: 'no startup probe',
    breaks: inContainer('Deployment api', (container) => delete container.startupProbe),
    message: /it has no startupProbe/,
  },
  {
    check: 27,
    name: 'one question twice',
    breaks: inContainer('Deployment vault-agent-injector', (container) => {
      container.readinessProbe = container.livenessProbe = { httpGet: { path: '/health', port: 'https' } };
    }),
    message: /asks what readiness asks/,
  },
  {
    check: 28,
    name: 'five seconds to end',
    breaks: inPod('Deployment api', (pod) => (pod.terminationGracePeriodSeconds = 5)),
    message: /it has 5 s to end/,
  },
  {
    check: 29,
    name: 'no budget',
    breaks: remove('PodDisruptionBudget api'),
    message: /no PodDisruptionBudget/,
  },
  {
    check: 29,
    name: 'a budget of one pod',
    breaks: change(
      'PodDisruptionBudget api',
      ({ spec }) => (spec.selector.matchLabels['app.kubernetes.io/name'] = 'postgresql'),
    ),
    message: /selects postgresql, which may have a single pod/,
  },
  {
    check: 30,
    name: 'a shell',
    breaks: inContainer('Deployment api', (container) => {
      container.livenessProbe = { exec: { command: ['sh', '-c', 'true'] } };
    }),
    message: /it runs sh/,
  },
  {
    check: 31,
    name: 'a Secret with its data',
    breaks: add('dev', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'approle-api', namespace: 'homepage-dev' },
      stringData: { password: 'x' },
    }),
    message: /rendered with its data/,
  },
  {
    check: 31,
    name: 'an address with a password',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'DATABASE_URL', value: 'postgres://homepage:hunter2@postgresql/homepage' }),
    ),
    message: /looks like an address with a password/,
  },
  {
    check: 31,
    name: 'a password in a variable',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'SMTP_PASSWORD', value: 'hunter2' })),
    message: /the value of SMTP_PASSWORD is written here/,
  },
  {
    check: 32,
    name: 'the default template',
    breaks: annotated('Deployment api', 'agent-inject-template-tls.pem'),
    message: /has no template/,
  },
  {
    check: 32,
    name: 'a key may be missing',
    breaks: annotated('Deployment api', 'error-on-missing-key-tls.pem'),
    message: /lacks is no error/,
  },
  {
    check: 32,
    name: 'a key for everybody',
    breaks: annotated('Deployment api', 'agent-inject-perms-tls.pem', '0644'),
    message: /everybody may read/,
  },
  {
    check: 33,
    name: 'a job with a sidecar',
    breaks: annotated('CronJob backup', 'agent-pre-populate-only'),
    message: /agent-pre-populate-only is ""/,
  },
  {
    check: 33,
    name: 'a sign-in that is used up',
    breaks: annotated('Deployment api', 'auth-config-remove-secret-id-file-after-reading', 'true'),
    message: /after-reading is "true"/,
  },
  {
    check: 34,
    name: 'two certificates',
    breaks: (rendered) => {
      annotated('Deployment api', 'agent-inject-secret-tls.key', 'pki-dev/issue/api')(rendered);
      annotated('Deployment api', 'agent-inject-template-tls.key', '{{ pkiCert }}')(rendered);
    },
    message: /each issue a certificate/,
  },
  {
    check: 35,
    name: 'an injector that may be away',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].failurePolicy = 'Ignore'),
    ),
    message: /it fails open/,
  },
  {
    check: 35,
    name: 'an injector of all',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].namespaceSelector = {}),
    ),
    message: /asked about every namespace/,
  },
  {
    check: 36,
    name: 'dev mode',
    breaks: inContainer('StatefulSet vault', ({ args }) => args.push('-dev')),
    message: /dev mode/,
  },
  {
    check: 36,
    name: 'Raft on nothing',
    breaks: change('StatefulSet vault', ({ spec }) => delete spec.volumeClaimTemplates),
    message: /on no claim/,
  },
  {
    check: 38,
    name: 'passwords',
    breaks: change('ConfigMap postgresql', ({ data }) => {
      data['pg_hba.conf'] += 'host all all all scram-sha-256\n';
    }),
    message: /pg_hba\.conf has "host all/,
  },
  {
    check: 39,
    name: 'the mount of PostgreSQL 17',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/var/lib/postgresql/data'),
    ),
    message: /no claim is mounted/,
  },
  {
    check: 40,
    name: 'a plain port',
    breaks: change('ConfigMap valkey', ({ data }) => {
      data['valkey.conf'] = data['valkey.conf'].replace('port 0', 'port 6380');
    }),
    message: /takes plain connections/,
  },
  {
    check: 40,
    name: 'as much data as memory',
    breaks: inContainer('Deployment valkey', ({ resources }) => (resources.limits.memory = '192Mi')),
    message: /maxmemory is 192mb, of 192 MiB/,
  },
  {
    check: 41,
    name: 'jobs that overlap',
    breaks: change('CronJob backup', ({ spec }) => delete spec.concurrencyPolicy),
    message: /concurrencyPolicy is not/,
  },
  {
    check: 42,
    name: 'nobody restores',
    breaks: remove('CronJob backup-verify'),
    message: /nobody restores backups/,
  },
  {
    check: 42,
    name: 'once a day',
    breaks: change('CronJob backup', ({ spec }) => (spec.schedule = '0 3 * * *')),
    message: /it runs at 0 3/,
  },
  {
    check: 44,
    name: 'the class of K3s',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.storageClassName = 'local-path'),
    ),
    message: /local-path does not keep disks/,
  },
  {
    check: 44,
    name: 'a claim that GitOps removes',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => delete spec.volumeClaimTemplates[0].metadata.annotations,
    ),
    message: /GitOps may remove it/,
  },
  {
    check: 56,
    name: 'another port than in docker compose',
    breaks: inContainer('Deployment api', ({ ports }) => (ports[1].containerPort = 3001)),
    message: /it has no port https of 3000/,
  },
  {
    check: 56,
    name: 'a variable of docker compose alone',
    breaks: inContainer('Deployment api', ({ env }) => (env[0].name = 'OPS_HSOT')),
    message: /the variable OPS_HOST is nowhere/,
  },
  {
    check: 56,
    name: 'a variable of production alone',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'LOG_LEVEL', value: 'info' })),
    message: /no counterpart of site\/api api variable LOG_LEVEL/,
  },
  {
    check: 56,
    name: 'a variable that no image sets any more',
    breaks: ({ compose }) => void (compose!.imageVariables['backend'] = []),
    message: /the variable HOST is nowhere/,
  },
  {
    check: 56,
    name: 'a secret file that nobody writes',
    breaks: annotated('Deployment api', 'agent-inject-secret-tls.pem'),
    message: /the variable DATABASE_URL is nowhere: no file tls\.pem/,
  },
  {
    check: 56,
    name: 'a secret file of production alone',
    breaks: annotated('Deployment api', 'agent-inject-secret-mail.json', 'kv/data/dev/mail'),
    message: /no counterpart of site\/api file mail\.json/,
  },
  {
    check: 56,
    name: 'a file that is lost from its ConfigMap',
    breaks: change('ConfigMap postgresql', ({ data }) => delete data['pg_hba.conf']),
    message: /the mount \.\/pg_hba\.conf is nowhere/,
  },
  {
    check: 56,
    name: 'a disk that is mounted elsewhere',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/data'),
    ),
    message: /the mount postgres-data is nowhere/,
  },
  {
    check: 56,
    name: 'another database than in production',
    breaks: ({ compose }) => void (compose!.images['POSTGRES_IMAGE'] = 'example.dev/mariadb'),
    message: /its image is example\.dev\/postgres, and example\.dev\/mariadb/,
  },
  {
    check: 56,
    name: 'a service of docker compose alone',
    breaks: ({ compose }) => void (compose!.services['mailpit'] = { image: 'mailpit' }),
    message: /it has no counterpart/,
  },
  {
    check: 56,
    name: 'a port that is new in docker compose',
    breaks: ({ compose }) => (compose!.services['postgres']!.ports = ['127.0.0.1:5432:5432']),
    message: /its port 5432 has no counterpart/,
  },
  {
    check: 56,
    name: 'a workload that is gone',
    breaks: remove('StatefulSet postgresql'),
    message: /there is no container site\/postgresql postgresql/,
  },
  {
    check: 56,
    name: 'a workload of production alone',
    breaks: change('Deployment valkey', ({ metadata }) => (metadata.name = 'memcached')),
    message: /no counterpart of site\/memcached/,
  },
  {
    check: 56,
    name: 'a reason for what is gone',
    breaks: ({ compose }) =>
      void compose!.onlyInProduction.push({ what: /^site\/kafka$/, why: 'no queue here' }),
    message: /nothing in production is/,
  },
  {
    check: 58,
    name: 'a ConfigMap that is not there',
    breaks: remove('ConfigMap valkey'),
    message: /there is no ConfigMap/,
  },
  {
    check: 58,
    name: 'a Secret that nobody makes',
    breaks: annotated('Deployment api', 'agent-extra-secret', 'aprole-api'),
    message: /there is no Secret/,
  },
  {
    check: 59,
    name: 'a misspelt annotation',
    breaks: annotated('Deployment api', 'agent-inject-containes', 'api'),
    message: /nobody reads the annotation/,
  },
  {
    check: 60,
    name: 'the namespace of another environment',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_HOST', value: 'valkey.homepage-prod.svc' }),
    ),
    message: /it names homepage-prod/,
  },
  {
    check: 60,
    name: 'a resource elsewhere',
    breaks: change('Service api', ({ metadata }) => (metadata.namespace = 'vault')),
    message: /it is in vault/,
  },
  {
    check: 61,
    name: 'pods of nobody',
    breaks: change(
      'Deployment api',
      ({ spec }) => (spec.template.metadata.labels['app.kubernetes.io/name'] = 'apy'),
    ),
    message: /does not select its own pods/,
  },
  {
    check: 61,
    name: 'no tier',
    breaks: change('Deployment api', ({ spec }) => delete spec.template.metadata.labels['homepage.dev/tier']),
    message: /no label homepage\.dev\/tier/,
  },
  {
    check: 62,
    name: 'an account too many',
    breaks: add('dev', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'nobody', namespace: 'homepage-dev' },
      automountServiceAccountToken: false,
    }),
    message: /no workload uses it/,
  },
  {
    check: 63,
    name: 'two databases',
    breaks: change('StatefulSet postgresql', ({ spec }) => (spec.replicas = 2)),
    message: /2 pods on storage for one/,
  },
  {
    check: 65,
    name: 'a page of before',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.requests.memory = '129Mi')),
    message: /it is not what the manifests say/,
  },
  {
    check: 66,
    name: 'an hour to end',
    breaks: inPod('Deployment api', (pod) => (pod.terminationGracePeriodSeconds = 3600)),
    message: /it is 3600/,
  },
  {
    check: 67,
    name: 'no namespace',
    breaks: change('Middleware headers', ({ metadata }) => delete metadata.namespace),
    message: /there is no namespace/,
  },
  {
    check: 67,
    name: 'no label',
    breaks: change('Service api', ({ metadata }) => delete metadata.labels),
    message: /no label that says whose/,
  },
  {
    check: 68,
    name: 'a certificate of nobody',
    breaks: add('dev', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'traefik', namespace: 'homepage-dev' },
      spec: { secretName: 'traefik-tls', issuerRef: { name: 'valut' }, dnsNames: ['traefik'] },
    }),
    message: /there is no Issuer valut/,
  },
  {
    check: 73,
    name: 'a setting of Traefik that is none',
    breaks: add('cluster', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: { valuesContent: 'service: { spec: { externalTrafficPolcy: Local } }' },
    }),
    message: /the chart has no "service\.spec\.externalTrafficPolcy"/,
  },
  {
    check: 71,
    name: 'an issuer of nothing',
    breaks: add('dev', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: 'vault', namespace: 'homepage-dev' },
      spec: {},
    }),
    message: /it is 0 things/,
  },
  {
    check: 69,
    name: 'TLS of 2006',
    breaks: add('cluster', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSOption',
      metadata: { name: 'default', namespace: 'kube-system' },
      spec: { minVersion: 'VersionTLS11' },
    }),
    message: /takes old TLS/,
  },
  {
    check: 70,
    name: 'a unit that is none',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.limits.cup = '1')),
    message: /there is no resource "cup"/,
  },
  {
    check: 70,
    name: 'TLS asked without',
    breaks: inContainer(
      'Deployment vault-agent-injector',
      ({ readinessProbe }) => delete readinessProbe.httpGet.scheme,
    ),
    message: /asked without/,
  },
  {
    check: 25,
    name: 'an autoscaler that measures nothing',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => delete spec.metrics),
    message: /it measures nothing/,
  },
  {
    check: 29,
    name: 'all on one node',
    breaks: inPod('Deployment api', (pod) => delete pod.topologySpreadConstraints),
    message: /may all be on one node/,
  },
  {
    check: 10,
    name: 'every webhook',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => delete rules[0].resourceNames),
    message: /may patch all of them/,
  },
  {
    check: 6,
    name: 'a volume of nothing',
    breaks: inPod('Deployment frontend', ({ volumes }) => delete volumes[0].emptyDir),
    message: /nothing says what the volume/,
  },
  {
    check: 10,
    name: 'an account without its rights',
    breaks: remove('ClusterRoleBinding vault-agent-injector'),
    message: /no binding gives it any right/,
  },
  {
    check: 19,
    name: 'another port than clients are told',
    breaks: change('Service postgresql', ({ spec }) => (spec.ports[0].port = 5433)),
    message: /clients are told port 5432/,
  },
  {
    check: 27,
    name: 'a probe that asks nothing',
    breaks: inContainer('Deployment api', ({ livenessProbe }) => delete livenessProbe.httpGet),
    message: /it asks nothing/,
  },
  {
    check: 28,
    name: 'no wait before the end',
    breaks: inContainer('Deployment api', (container) => delete container.lifecycle),
    message: /stops while requests are still sent/,
  },
  {
    check: 35,
    name: 'nobody injects',
    breaks: remove('MutatingWebhookConfiguration vault-agent-injector'),
    message: /no injector is asked/,
  },
  {
    check: 64,
    name: 'another host',
    breaks: change('Ingress homepage', ({ spec }) => {
      spec.rules[0].host = spec.tls[0].hosts[0] = 'vikingthe.example';
    }),
    message: /it serves vikingthe\.example/,
  },
  {
    check: 64,
    name: 'everything by nginx',
    breaks: change('Ingress homepage', ({ spec }) => spec.rules[0].http.paths.shift()),
    message: /no Ingress has Prefix \/api → api/,
  },
  {
    check: 76,
    name: 'a PostgreSQL of several without rules',
    breaks: add('dev', {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'postgresql', namespace: 'homepage-dev' },
      spec: { instances: 3, postgresql: { pg_hba: ['host all all all trust'] } },
    }),
    message: /it is \["host all all all trust"\], and not \["hostssl homepage homepage_owner/,
  },
  {
    check: 76,
    name: 'a PostgreSQL of several that nobody saves',
    breaks: add('dev', {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'postgresql', namespace: 'homepage-dev' },
      spec: { instances: 3 },
    }),
    message: /there is no ScheduledBackup postgresql/,
  },
  {
    check: 19,
    name: 'one of several by its Service before it is ready',
    breaks: (rendered) => {
      change('StatefulSet vault', ({ spec }) => (spec.replicas = 3))(rendered);
      change('Service vault', ({ spec }) => {
        delete spec.clusterIP;
        spec.publishNotReadyAddresses = true;
      })(rendered);
    },
    message: /who is not ready is asked, too/,
  },
  {
    check: 19,
    name: 'several that come one after the other',
    breaks: change('StatefulSet vault', ({ spec }) => (spec.replicas = 3)),
    message: /the second waits for the first/,
  },
  {
    check: 9,
    name: 'no token where one is needed',
    breaks: inPod('Deployment vault-agent-injector', (pod) => (pod.automountServiceAccountToken = false)),
    message: /it has no token, and it renews the certificate/,
  },
  {
    check: 35,
    name: 'a port that the injector does not have',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].clientConfig.service.port = 8443),
    ),
    message: /no such Service with that port/,
  },
  {
    check: 58,
    name: 'keys of encryption from a ConfigMap that nobody makes',
    breaks: inPod('CronJob backup', ({ containers }) => {
      containers[0].env = [
        {
          name: 'BACKUP_RECIPIENTS',
          valueFrom: { configMapKeyRef: { name: 'bakcup', key: 'recipients', optional: true } },
        },
      ];
    }),
    message: /nobody is told of the optional ConfigMap bakcup/,
  },
  {
    check: 58,
    name: 'a variable from a Secret that nobody makes',
    breaks: inContainer('StatefulSet vault', (container) => {
      container.env = [
        { name: 'VAULT_TOKEN', valueFrom: { secretKeyRef: { name: 'vault-sael-token', key: 'token' } } },
      ];
    }),
    message: /there is no Secret vault\/vault-sael-token/,
  },
  {
    check: 69,
    name: 'the API asked without TLS',
    breaks: change('Service api', ({ metadata }) => delete metadata.annotations),
    message: /Traefik asks it without TLS/,
  },
  {
    check: 69,
    name: 'the API asked as anybody',
    breaks: remove('ServersTransport api'),
    message: /no ServersTransport that there is/,
  },
  {
    check: 74,
    name: 'secrets on the disk of the node',
    breaks: inPod('StatefulSet postgresql', (pod) => {
      pod.volumes.push({ name: 'second', emptyDir: { sizeLimit: '1Mi' } });
      pod.containers[0].volumeMounts.push({ name: 'second', mountPath: '/reloader/secrets' });
    }),
    message: /"second" is on the disk of the node/,
  },
  {
    check: 74,
    name: 'a folder in memory that is larger than the container',
    breaks: inPod('Deployment frontend', ({ volumes }) => (volumes[0].emptyDir.sizeLimit = '1Gi')),
    message: /more than half of its memory/,
  },
  {
    check: 75,
    name: 'a disk of root',
    breaks: inPod('StatefulSet postgresql', ({ securityContext }) => delete securityContext.fsGroup),
    message: /no group that the disk is given to/,
  },
  {
    check: 6,
    name: 'a folder in place of a file',
    breaks: inPod('StatefulSet vault', ({ containers }) => {
      containers[0].volumeMounts[0].mountPath = '/etc/vault/primary.hcl';
    }),
    message: /is a folder where a file must be/,
  },
  {
    check: 77,
    name: 'a file that is mounted elsewhere',
    breaks: inContainer('StatefulSet vault', ({ args }) => (args[1] = '-config=/etc/valut/primary.hcl')),
    message: /vault is told \/etc\/valut\/primary\.hcl/,
  },
  {
    check: 77,
    name: 'a folder to write to that is the image’s',
    breaks: inContainer('Deployment valkey', ({ volumeMounts }) => (volumeMounts[1].mountPath = '/dtaa')),
    message: /valkey is told \/data/,
  },
  {
    check: 77,
    name: 'a secret file that no template writes',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'TLS_CERT_FILE', value: '/vault/secrets/tsl.crt' }),
    ),
    message: /api is told \/vault\/secrets\/tsl\.crt/,
  },
  {
    check: 58,
    name: 'an optional Secret that nobody makes',
    breaks: inPod('CronJob backup-verify', ({ volumes, containers }) => {
      volumes.push({ name: 'identity', secret: { secretName: 'backup-idnetity', optional: true } });
      containers[0].volumeMounts.push({ name: 'identity', mountPath: '/backup/identity' });
    }),
    message: /nobody is told of the optional Secret backup-idnetity/,
  },
  // What an outside reader of the manifests changed, and nobody saw.
  {
    check: 10,
    name: 'rights over a name that nobody has',
    breaks: change(
      'ClusterRole vault-agent-injector',
      ({ rules }) => (rules[0].resourceNames = ['vault-agent-injecter']),
    ),
    message: /there is no mutatingwebhookconfigurations vault-agent-injecter/,
  },
  {
    check: 25,
    name: 'a container that nobody has',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => {
      spec.metrics = [{ type: 'ContainerResource', containerResource: { container: 'apy', name: 'cpu' } }];
    }),
    message: /api has no container apy/,
  },
  {
    check: 35,
    name: 'a webhook that asks elsewhere',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].clientConfig.service.path = '/mutat'),
    ),
    message: /answers nothing there/,
  },
  {
    check: 35,
    name: 'an injector that renews a webhook of nobody',
    breaks: inContainer('Deployment vault-agent-injector', ({ env }) => (env[0].value = 'vault-agent')),
    message: /there is no webhook vault-agent,/,
  },
  {
    check: 39,
    name: 'a folder that is prepared, and another one that is served',
    breaks: inContainer('StatefulSet postgresql', (container) => {
      container.env = [{ name: 'PGDATA', value: '/var/lib/postgresql/18/data' }];
    }),
    message: /looked for in another/,
  },
  {
    check: 41,
    name: 'a minute that no hour has',
    breaks: change('CronJob backup', ({ spec }) => (spec.schedule = '61 */6 * * *')),
    message: /schedule is not what it must be/,
  },
  {
    check: 44,
    name: 'a disk for many nodes',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.accessModes = ['ReadWriteMany']),
    ),
    message: /a folder of one node/,
  },
  {
    check: 73,
    name: 'everybody believed about visitors',
    breaks: add('cluster', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: {
        valuesContent:
          'service: {spec: {externalTrafficPolicy: Local}}\nports: {web: {forwardedHeaders: {trustedIPs: ["10.0.0.0/8"]}}}',
      },
    }),
    message: /who comes to web may say that they are somebody else/,
  },
  {
    check: 80,
    name: 'a variable of ours with a letter less',
    breaks: inContainer('Deployment api', ({ env }) => (env[0].name = 'SECRET_DIR')),
    message: /does not read this variable/,
  },
  {
    check: 80,
    name: 'a variable of theirs with a letter less',
    breaks: inContainer(
      'Deployment vault-agent-injector',
      ({ env }) => (env[0].name = 'AGENT_INJECT_TLSAUTO'),
    ),
    message: /does not read this variable/,
  },
  {
    check: 80,
    name: 'a value that it does not take',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'OPS_PORT', value: '94640' })),
    message: /OPS_PORT cannot be "94640"/,
  },
  {
    check: 80,
    name: 'a program that nobody knows',
    breaks: inContainer(
      'Deployment valkey',
      (container) => (container.image = `example.dev/memcached@sha256:${'0'.repeat(64)}`),
    ),
    message: /nobody knows what example\.dev\/memcached reads/,
  },
  {
    check: 78,
    name: 'a file that is in no image',
    breaks: inContainer('CronJob backup', ({ args }) => (args[0] = 'apps/ops/src/mian.ts')),
    message: /the image has no file apps\/ops\/src\/mian\.ts/,
  },
  {
    check: 78,
    name: 'a test, which no image has',
    breaks: inContainer('CronJob backup', ({ args }) => (args[0] = 'apps/ops/src/surface.test.ts')),
    message: /the image has no file/,
  },
  {
    check: 78,
    name: 'a command that is none',
    breaks: inContainer('CronJob backup', ({ args }) => (args[1] = 'bakup')),
    message: /bakup/,
  },
  {
    check: 78,
    name: 'an option that is none',
    breaks: inContainer('CronJob backup', ({ args }) => (args[3] = '--schedule')),
    message: /--schedule/,
  },
  {
    check: 78,
    name: 'an option that another program has',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ command }) => (command[1] = '--config-fiel=/etc/postgresql'),
    ),
    message: /it knows no option --config-fiel/,
  },
  {
    check: 79,
    name: 'a health that nobody answers',
    breaks: inContainer('Deployment api', ({ startupProbe }) => (startupProbe.httpGet.path = '/liveness')),
    message: /answers nothing at \/liveness/,
  },
  {
    check: 79,
    name: 'another port than the one that it is told',
    breaks: inContainer('Deployment vault-agent-injector', ({ env }) => (env[1].value = ':8443')),
    message: /does not listen on 8080/,
  },
  {
    check: 77,
    name: 'a configuration that is not in its folder',
    breaks: inContainer('StatefulSet vault', ({ args }) => (args[1] = '-config=/etc/vault/bootstrap.hcl')),
    message: /told \/etc\/vault\/bootstrap\.hcl, and there is no such file/,
  },
  {
    check: 77,
    name: 'a configuration beside where it is looked for',
    breaks: inContainer(
      'Deployment frontend',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/etc/nginx/place.conf'),
    ),
    message: /\/etc\/nginx\/local\/place\.conf is missing/,
  },
  {
    check: 77,
    name: 'a folder that nobody reads',
    breaks: inContainer(
      'StatefulSet vault',
      ({ volumeMounts }) => (volumeMounts[3].mountPath = '/vault/tsl'),
    ),
    message: /nobody reads \/vault\/tsl/,
  },
  {
    check: 77,
    name: 'a folder that cannot be written to',
    breaks: inContainer('StatefulSet postgresql', ({ volumeMounts }) => volumeMounts.splice(2, 1)),
    message: /cannot write to \/var\/run\/postgresql/,
  },
  {
    check: 77,
    name: 'a secret that the agent does not write',
    breaks: annotated('Deployment valkey', 'agent-inject-secret-users.acl'),
    message: /told \/vault\/secrets\/users\.acl, and there/,
  },
  {
    check: 77,
    name: 'a key that its Secret has not',
    breaks: inPod('StatefulSet vault', ({ containers, volumes }) => {
      volumes.push({ name: 'keys', secret: { secretName: 'vault-bootstrap-keys' } });
      containers[0].volumeMounts.push({ name: 'keys', mountPath: '/vault/keys' });
      containers[0].env = [{ name: 'VAULT_CACERT', value: '/vault/keys/key' }];
    }),
    message: /told \/vault\/keys\/key, and/,
  },
  {
    check: 81,
    name: 'a key of an AppRole that it has not',
    breaks: add(
      'dev',
      vaultIssuer(({ auth }) => (auth.appRole.secretRef.key = 'secretid')),
    ),
    message: /approle-traefik has no key secretid/,
  },
  {
    check: 81,
    name: 'certificates that nobody makes',
    breaks: add('dev', transport({ rootCAs: [{ secret: 'traefik-tls' }] })),
    message: /nobody makes the Secret traefik-tls/,
  },
  {
    check: 82,
    name: 'everybody is a proxy',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'TRUSTED_PROXIES', value: '10.42.0.0/16,0.0.0.0/0' }),
    ),
    message: /it believes 0\.0\.0\.0\/0/,
  },
  {
    check: 82,
    name: 'everybody is Traefik',
    breaks: change('ConfigMap frontend-place', ({ data }) => (data['place.conf'] = 'set_real_ip_from ::/0;')),
    message: /it believes ::\/0/,
  },
  {
    check: 82,
    name: 'a server by any name',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'DATABASE_URL', value: 'postgres://postgresql:5432/homepage?sslmode=require' }),
    ),
    message: /with sslmode=require anybody may answer/,
  },
  {
    check: 83,
    name: 'a certificate that is renewed after its end',
    breaks: change('Certificate vault', ({ spec }) => (spec.renewBefore = '9000h')),
    message: /renewed after its end/,
  },
  {
    check: 83,
    name: 'a certificate for ten years',
    breaks: change('Certificate vault', ({ spec }) => (spec.duration = '87600h')),
    message: /it is good for 87600h/,
  },
  {
    check: 83,
    name: 'a server whose certificate is for clients',
    breaks: change('Certificate vault', ({ spec }) => (spec.usages = ['client auth'])),
    message: /it is for client auth/,
  },
  {
    check: 83,
    name: 'a path that makes keys, too',
    breaks: add(
      'dev',
      vaultIssuer((vault) => (vault.path = 'pki-dev/issue/traefik')),
    ),
    message: /Vault has no pki-dev\/issue\/traefik/,
  },
  {
    check: 83,
    name: 'a role that nobody is',
    breaks: add(
      'dev',
      vaultIssuer((vault) => (vault.path = 'pki-dev/sign/traefic')),
    ),
    message: /Vault has no pki-dev\/sign\/traefic/,
  },
  {
    check: 83,
    name: 'a sign-in that is not there',
    breaks: add(
      'dev',
      vaultIssuer(({ auth }) => (auth.appRole.path = 'auth/approle')),
    ),
    message: /Vault has no auth\/approle/,
  },
  {
    check: 83,
    name: 'a server that nobody is',
    breaks: add('dev', transport({ serverName: 'homepage-apy' })),
    message: /no server is called homepage-apy/,
  },
  {
    check: 84,
    name: 'a Service that nobody has',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'VAULT_ADDR', value: 'https://vualt.vault.svc:8200' }),
    ),
    message: /there is no Service vualt in vault/,
  },
  {
    check: 84,
    name: 'a port that a Service has not',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_URL', value: 'valkeys://valkey:6380' }),
    ),
    message: /the Service valkey of homepage-dev has no port 6380/,
  },
  {
    check: 85,
    name: 'a job before what it needs',
    breaks: add('dev', job({ 'argocd.argoproj.io/hook': 'PreSync' })),
    message: /hook is PreSync/,
  },
  {
    check: 85,
    name: 'a job that cannot be made anew',
    breaks: add('dev', job({ 'argocd.argoproj.io/hook': 'Sync' })),
    message: /the job of before is in its way/,
  },
  {
    check: 85,
    name: 'a port of Traefik that it has not',
    breaks: change(
      'Ingress homepage',
      ({ metadata }) =>
        (metadata.annotations['traefik.ingress.kubernetes.io/router.entrypoints'] = 'websecur'),
    ),
    message: /nobody knows traefik\.ingress\.kubernetes\.io\/router\.entrypoints: websecur/,
  },
  {
    check: 86,
    name: 'a redirect before Let’s Encrypt',
    breaks: add('cluster', route({ entryPoints: ['web'] }, { priority: 100_000 })),
    message: /before the questions of Let’s Encrypt/,
  },
  {
    check: 86,
    name: 'a redirect of a port that is none',
    breaks: add('cluster', route({ entryPoints: ['wbe'] })),
    message: /no entry point wbe/,
  },
  {
    check: 86,
    name: 'a redirect to nowhere',
    breaks: add('cluster', route({ entryPoints: ['web'] })),
    message: /not sent to HTTPS for good \(there is no Middleware to-https\)/,
  },
  {
    check: 87,
    name: 'a port with a name that is too long',
    breaks: inContainer('Deployment api', ({ ports }) => (ports[0].name = 'operations-and-metrics')),
    message: /a port is called "operations-and-metrics"/,
  },
  {
    check: 87,
    name: 'a label of two words',
    breaks: change(
      'Service api',
      ({ metadata }) => (metadata.labels['app.kubernetes.io/component'] = 'the API'),
    ),
    message: /"the API" cannot be a label/,
  },
  {
    check: 87,
    name: 'liveness that must succeed twice',
    breaks: inContainer('Deployment api', ({ livenessProbe }) => (livenessProbe.successThreshold = 2)),
    message: /it must be 1/,
  },
  {
    check: 33,
    name: 'an agent that believes no Vault',
    breaks: annotated('Deployment api', 'ca-cert', '/vault/tls/ca.cert'),
    message: /ca-cert is "\/vault\/tls\/ca\.cert"/,
  },
  {
    check: 35,
    name: 'a webhook that hears of no pods',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].rules[0].resources = ['pdos']),
    ),
    message: /it is not asked about new pods/,
  },
  {
    check: 69,
    name: 'a cipher that nobody knows',
    breaks: add('cluster', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSOption',
      metadata: { name: 'default', namespace: 'kube-system' },
      spec: { minVersion: 'VersionTLS12', cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] },
    }),
    message: /none of the strong ones/,
  },
  {
    check: 78,
    name: 'backups for everybody to read',
    breaks: inContainer('CronJob backup', (container) => (container.env = [])),
    message: /nobody tells it BACKUP_RECIPIENTS/,
  },
  {
    check: 80,
    name: 'a user that Valkey has not',
    breaks: inContainer('Deployment valkey', (container) => {
      container.image = `example.dev/redis-exporter@sha256:${'0'.repeat(64)}`;
      container.env = [{ name: 'REDIS_USER', value: 'exproter' }];
    }),
    message: /there is no user "exproter"/,
  },
  {
    check: 82,
    name: 'Valkey without TLS',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_URL', value: 'valkey://valkey:6379' }),
    ),
    message: /with valkey:\/\/ anybody may answer/,
  },
  {
    check: 83,
    name: 'a server that is not who is asked for',
    breaks: change('Certificate vault', ({ spec }) => (spec.dnsNames = ['vault'])),
    message: /it is asked for as vault\.vault\.svc/,
  },
  {
    check: 88,
    name: 'a secret of somebody else',
    breaks: annotated('Deployment api', 'agent-inject-secret-tls.pem', 'pki-dev/issue/minio'),
    message: /it asks for pki-dev\/issue\/minio, which no policy of api grants/,
  },
  {
    check: 9,
    name: 'a volume with a token that is not there',
    breaks: inPod('Deployment api', (pod) => {
      pod.volumes = pod.volumes.filter(({ name }: { name: string }) => name !== 'token');
    }),
    message: /unless it is told of a volume with one/,
  },
  {
    check: 10,
    name: 'a right that the injector needs',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => rules[0].verbs.pop()),
    message: /it may not patch its webhook/,
  },
  {
    check: 10,
    name: 'rights over what is not there',
    breaks: change(
      'ClusterRole vault-agent-injector',
      ({ rules }) => (rules[0].resources = ['mutatingwebhookconfiguration']),
    ),
    message: /nothing of ours is mutatingwebhookconfiguration/,
  },
  {
    check: 44,
    name: 'disks of nobody',
    breaks: change('StorageClass local-path-retain', (storage) => (storage.provisioner = 'rancher.io/local')),
    message: /nobody is rancher\.io\/local/,
  },
  {
    check: 78,
    name: 'a variable that is put into nothing',
    breaks: inContainer('Deployment valkey', ({ args }) => args.push('--replica-announce-ip', '$(POD_NAEM)')),
    message: /\$\(POD_NAEM\) is nobody's/,
  },
  {
    check: 83,
    name: 'a certificate that may not sign',
    breaks: change('Certificate vault', ({ spec }) => (spec.usages = ['server auth'])),
    message: /it may not sign/,
  },
  {
    check: 88,
    name: 'a role that PostgreSQL has not',
    breaks: annotated('Deployment api', 'agent-inject-template-database.json', '{"user": "homepage_apy"}'),
    message: /the user homepage_apy/,
  },
  {
    check: 89,
    name: 'sign-ins that nobody makes anew',
    breaks: inContainer('CronJob backup', (container) => {
      container.args = ['apps/ops/src/main.ts', 'vault', 'rotate', 'secret-ids', 'primary', '--only=backup'];
    }),
    message: /it forgets api/,
  },
];
