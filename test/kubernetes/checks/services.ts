/** How visitors come in, and how parts find each other. */
import { PORTS } from '@homepage/vault';
import { environments, foreignPods, operatorPorts } from '../expected.ts';
import { finding, type Check, type Finding } from '../finding.ts';
import { ofKind, selects, workloadsOf, type Labels, type Overlay, type Resource } from '../resource.ts';
import { eachOfKind, eachOverlay } from './each.ts';

type ServiceSpec = {
  clusterIP?: string;
  publishNotReadyAddresses?: boolean;
  selector?: Labels;
  ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[];
};
export type Service = Resource<{ spec: ServiceSpec }>;
type Backend = { service?: { name: string; port: { name?: string; number?: number } } };
type Ingress = Resource<{
  spec: {
    ingressClassName?: string;
    tls?: { hosts?: string[]; secretName?: string }[];
    defaultBackend?: Backend;
    rules?: { host?: string; http?: { paths: { path?: string; pathType: string; backend: Backend }[] } }[];
  };
}>;

const homeOf = ({ metadata }: Resource): string => metadata.namespace ?? 'default';

/** What the ports of a Service lead to: pods of a workload, or of somebody who makes them here. */
function targetsOf(overlay: Overlay, service: Service) {
  const isChosen = (labels: Labels): boolean =>
    service.spec.selector !== undefined && selects({ matchLabels: service.spec.selector }, labels);
  const own = workloadsOf(overlay)
    .filter(({ namespace, labels, ends }) => !ends && namespace === homeOf(service) && isChosen(labels))
    .map(({ name, pod, replicas = 1 }) => ({
      name,
      replicas,
      ports: [...pod.containers, ...(pod.initContainers ?? [])].flatMap(({ ports = [] }) => ports),
    }));
  const foreign = foreignPods([overlay.name])
    .filter(({ namespace, labels }) => namespace === homeOf(service) && isChosen(labels))
    .map(({ labels, ports }) => ({
      name: labels[NAME] ?? 'somebody else’s pod',
      replicas: 1,
      ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    }));
  const pods = [...own, ...foreign];
  const ports = (service.spec.ports ?? []).map((port) => {
    const target = port.targetPort ?? port.port;
    const hits = pods
      .flatMap((pod) => pod.ports)
      .filter(({ name, containerPort }) => name === target || containerPort === target);
    return { port, target, hits };
  });
  return { pods, ports };
}

const NAME = 'app.kubernetes.io/name';

export const servicesResolve: Check = {
  number: 19,
  name: 'services lead to pods, by ports that those have',
  why: 'A selector that fits nothing is a name that resolves and never answers.',
  run: (rendered) => [
    ...eachOfKind<{ spec: ServiceSpec }>(rendered, 'Service', (service, overlay) => {
      const { pods, ports } = targetsOf(overlay, service);
      if (pods.length !== 1)
        return finding(
          overlay,
          service,
          'spec.selector',
          pods.length === 0
            ? 'it selects no pod'
            : `it selects ${pods.map(({ name }) => name).join(' and ')}`,
          'Select the labels of one workload of this namespace.',
        );
      if (service.spec.clusterIP !== 'None' && service.spec.publishNotReadyAddresses && pods[0]!.replicas > 1)
        return finding(
          overlay,
          service,
          'spec.publishNotReadyAddresses',
          `who is not ready is asked, too, of the ${pods[0]!.replicas} of ${pods[0]!.name}`,
          'Leave it to the headless one beside it.',
        );
      const told = clientsAsk(service);
      if (told !== undefined && !(service.spec.ports ?? []).some(({ port }) => port === told))
        return finding(
          overlay,
          service,
          'spec.ports',
          `clients are told port ${told}`,
          'Write that port, or change packages/vault/src/desired/environment.ts.',
        );
      return ports
        .filter(({ hits }) => hits.length === 0)
        .map(({ target }) =>
          finding(
            overlay,
            service,
            'spec.ports',
            `${pods[0]!.name} has no port ${target}`,
            'Name a port of its containers.',
          ),
        );
    }),
    ...eachOfKind<Ingress>(rendered, 'Ingress', (one, overlay) => {
      const ingress = one as Ingress;
      return backendsOf(ingress)
        .filter(({ backend }) => !serviceOf(overlay, ingress, backend)?.port)
        .map(({ path, backend }) =>
          finding(
            overlay,
            ingress,
            path,
            `there is no Service ${backend.service?.name} with that port`,
            'Name a Service of this namespace, and one of its ports.',
          ),
        );
    }),
    ...eachOfKind<{ spec: { serviceName?: string; replicas?: number; podManagementPolicy?: string } }>(
      rendered,
      'StatefulSet',
      (set, overlay) => {
        const { serviceName: name, replicas = 1, podManagementPolicy } = set.spec;
        const found = ofKind<{ spec: ServiceSpec }>(overlay, 'Service').some(
          ({ metadata, spec }) =>
            metadata.name === name &&
            metadata.namespace === set.metadata.namespace &&
            // One pod is found by the Service itself; of several each has a name of its own, before it is ready.
            ((spec.clusterIP === 'None' && spec.publishNotReadyAddresses === true) || replicas === 1),
        );
        return [
          !found &&
            finding(
              overlay,
              set,
              'spec.serviceName',
              `there is no Service ${name} that names each pod`,
              'Add a headless one with publishNotReadyAddresses, or mend the name.',
            ),
          replicas > 1 &&
            podManagementPolicy !== 'Parallel' &&
            finding(
              overlay,
              set,
              'spec.podManagementPolicy',
              'the second waits for the first to be ready, which waits for the others',
              'Write Parallel.',
            ),
        ].filter((one) => one !== false);
      },
    ),
  ],
};

/** The port that secret files tell clients of a server, where they do. */
function clientsAsk({ metadata: { name, namespace } }: Service): number | undefined {
  if (namespace === 'vault') return name.startsWith('vault-agent') ? undefined : 8200;
  return PORTS[name];
}

const backendsOf = ({ spec }: Ingress) => [
  ...(spec.defaultBackend ? [{ path: 'spec.defaultBackend', backend: spec.defaultBackend }] : []),
  ...(spec.rules ?? []).flatMap(({ http }, rule) =>
    (http?.paths ?? []).map(({ backend }, index) => ({
      path: `spec.rules[${rule}].http.paths[${index}].backend`,
      backend,
    })),
  ),
];

function serviceOf(overlay: Overlay, ingress: Ingress, { service: wanted }: Backend) {
  const service = (ofKind<{ spec: ServiceSpec }>(overlay, 'Service') as Service[]).find(
    (one) => one.metadata.name === wanted?.name && homeOf(one) === homeOf(ingress),
  );
  const port = service?.spec.ports?.find(
    ({ name, port: number }) =>
      (wanted?.port.name !== undefined && name === wanted.port.name) || number === wanted?.port.number,
  );
  return service && { service, port };
}

export const ingressSecure: Check = {
  number: 21,
  name: 'each host has TLS, an issuer and a class',
  why: 'A host without a certificate is served with the one of Traefik, which nobody believes.',
  run: (rendered) =>
    eachOfKind<Ingress>(rendered, 'Ingress', (one, overlay) => {
      const { spec, metadata } = one as Ingress;
      const covered = new Map(
        (spec.tls ?? []).flatMap(({ hosts = [], secretName }) =>
          hosts.map((host) => [host, secretName] as const),
        ),
      );
      const hosts = (spec.rules ?? []).map(({ host }) => host);
      const issued = ofKind<{ spec: { secretName: string; dnsNames?: string[] } }>(overlay, 'Certificate')
        .filter((certificate) => homeOf(certificate) === homeOf(one))
        .map(({ spec: { secretName } }) => secretName);
      const annotated = metadata.annotations?.['cert-manager.io/cluster-issuer'] !== undefined;
      return [
        ...hosts
          .filter((host) => host === undefined || !covered.get(host))
          .map((host) =>
            finding(
              overlay,
              one,
              'spec.tls',
              host === undefined ? 'a rule is for every host' : `${host} has no certificate`,
              'Name the host, and a secretName for it.',
            ),
          ),
        ...[...covered]
          .filter(([host]) => !hosts.includes(host))
          .map(([host]) =>
            finding(overlay, one, 'spec.tls', `no rule is for ${host}`, 'Mend the name in tls or in rules.'),
          ),
        spec.ingressClassName !== 'traefik' &&
          finding(
            overlay,
            one,
            'spec.ingressClassName',
            'no controller takes it',
            'Write ingressClassName: traefik.',
          ),
        ...[...covered.values()]
          .filter((secret) => secret !== undefined && !SECRETS.includes(secret))
          .map((secret) =>
            finding(
              overlay,
              one,
              'spec.tls',
              `the certificate is kept in ${secret}`,
              `Write ${SECRETS.join(' or ')}.`,
            ),
          ),
        !annotated &&
          ![...covered.values()].every((secret) => issued.includes(secret ?? '')) &&
          finding(
            overlay,
            one,
            'metadata.annotations',
            'nobody issues its certificate',
            'Write cert-manager.io/cluster-issuer.',
          ),
      ].filter((found) => found !== false);
    }),
};

/** Where certificates of visitors are, by name. */
const SECRETS = ['homepage-tls', 'grafana-tls'];

const PRODUCTION = 'https://acme-v02.api.letsencrypt.org/directory';
const STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';

export const issuersRight: Check = {
  number: 22,
  name: 'prod asks Let’s Encrypt, dev its staging',
  why: 'A hundred tries in dev use up what prod may ask in a week; a certificate of staging is believed by nobody.',
  run: (rendered) => [
    ...eachOverlay(rendered, (overlay) => {
      const environment = environments[overlay.name];
      if (!environment) return [];
      const asked: [Resource, string | undefined][] = [
        ...ofKind<object>(overlay, 'Ingress').map(
          (one) => [one, one.metadata.annotations?.['cert-manager.io/cluster-issuer']] as [Resource, string],
        ),
        ...ofKind<{ spec: { issuerRef: { name: string } } }>(overlay, 'Certificate').map(
          (one) => [one, one.spec.issuerRef.name] as [Resource, string],
        ),
      ];
      return asked
        .filter(([, issuer]) => issuer?.startsWith('letsencrypt') && issuer !== environment.issuer)
        .map(([one, issuer]) =>
          finding(
            overlay,
            one,
            'metadata.annotations',
            `${overlay.name} asks ${issuer}`,
            `Write ${environment.issuer}.`,
          ),
        );
    }),
    ...eachOfKind<{
      spec: {
        acme?: { server: string; solvers?: { http01?: { ingress?: { ingressClassName?: string } } }[] };
      };
    }>(rendered, 'ClusterIssuer', (issuer, overlay) => {
      const { name } = issuer.metadata;
      const { acme } = issuer.spec;
      if (!acme)
        return (
          name.startsWith('letsencrypt') && finding(overlay, issuer, 'spec', 'it asks nobody', 'Write acme.')
        );
      const server = name === 'letsencrypt-prod' ? PRODUCTION : STAGING;
      return [
        acme.server !== server &&
          finding(overlay, issuer, 'spec.acme.server', `${name} asks ${acme.server}`, `Write ${server}.`),
        !(acme.solvers ?? []).some(({ http01 }) => http01?.ingress?.ingressClassName === 'traefik') &&
          finding(
            overlay,
            issuer,
            'spec.acme.solvers',
            'it has no HTTP-01 solver',
            'Add http01.ingress with ingressClassName: traefik.',
          ),
      ].filter((one) => one !== false);
    }),
    ...eachOverlay(rendered, (overlay) => {
      if (overlay.name !== 'cluster') return [];
      const issuers = ofKind(overlay, 'ClusterIssuer').map(({ metadata }) => metadata.name);
      return rendered.overlays.flatMap((other) =>
        ofKind<object>(other, 'Ingress')
          .filter((one) => {
            const issuer = one.metadata.annotations?.['cert-manager.io/cluster-issuer'];
            return issuer !== undefined && !issuers.includes(issuer);
          })
          .map((one) =>
            finding(
              other,
              one,
              'metadata.annotations',
              'the cluster has no such issuer',
              `It has ${issuers.join(', ')}.`,
            ),
          ),
      );
    }),
  ],
};

export const operatorsOnly: Check = {
  number: 23,
  name: 'health and metrics are not for visitors',
  why: 'Metrics tell an attacker what to try next; a health page is a free way to load the database.',
  run: (rendered) =>
    eachOfKind<Ingress>(rendered, 'Ingress', (one, overlay) => {
      const ingress = one as Ingress;
      const paths = (ingress.spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
      return [
        ...paths
          .filter(({ path = '' }) => /^\/(metrics|livez|readyz|healthz)/.test(path))
          .map(({ path }) =>
            finding(overlay, ingress, 'spec.rules', `${path} is routed from outside`, 'Remove the path.'),
          ),
        ...backendsOf(ingress).flatMap(({ path, backend }) => {
          const found = serviceOf(overlay, ingress, backend);
          if (!found?.port) return [];
          const { ports } = targetsOf(overlay, found.service);
          const led = ports.find(({ port }) => port === found.port)?.hits ?? [];
          return led
            .filter(({ containerPort }) => operatorPorts.includes(containerPort))
            .map(({ containerPort }) =>
              finding(
                overlay,
                ingress,
                path,
                `it leads to ${containerPort}, which is for operators`,
                'Name the port of the site.',
              ),
            );
        }),
      ];
    }),
};

type Middleware = Resource<{
  spec: {
    headers?: { stsSeconds?: number; stsIncludeSubdomains?: boolean; contentTypeNosniff?: boolean };
    rateLimit?: { average?: number; burst?: number };
    chain?: { middlewares: { name: string; namespace?: string }[] };
  };
}>;

export const routesGuarded: Check = {
  number: 24,
  name: 'each route has HSTS, security headers and a rate limit',
  why: 'One route without is the one that is used.',
  run: (rendered) =>
    eachOfKind<Ingress>(rendered, 'Ingress', (ingress, overlay) => {
      const said = ingress.metadata.annotations?.['traefik.ingress.kubernetes.io/router.middlewares'] ?? '';
      const all = rendered.overlays
        .filter(({ name }) => name === overlay.name || name === 'cluster')
        .flatMap((one) => ofKind<object>(one, 'Middleware')) as Middleware[];
      const names = said
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      const find = (name: string): Middleware[] => {
        const found = all.find(
          ({ metadata }) => `${metadata.namespace}-${metadata.name}@kubernetescrd` === name,
        );
        if (!found) return [];
        const inner = (found.spec.chain?.middlewares ?? []).flatMap(({ name: one, namespace }) =>
          find(`${namespace ?? found.metadata.namespace}-${one}@kubernetescrd`),
        );
        return [found, ...inner];
      };
      const used = names.flatMap(find);
      const path = 'metadata.annotations';
      const headers = used.flatMap(({ spec }) => spec.headers ?? []);
      return [
        ...names
          .filter((name) => find(name).length === 0)
          .map((name) =>
            finding(
              overlay,
              ingress,
              path,
              `there is no middleware ${name}`,
              'Traefik refuses the whole route: write <namespace>-<name>@kubernetescrd.',
            ),
          ),
        !headers.some(({ stsSeconds }) => (stsSeconds ?? 0) >= 31_536_000) &&
          finding(
            overlay,
            ingress,
            path,
            'HSTS is off, or below a year',
            'Add a middleware with stsSeconds: 31536000.',
          ),
        !headers.some(({ contentTypeNosniff }) => contentTypeNosniff === true) &&
          finding(overlay, ingress, path, 'no nosniff', 'Add a middleware with contentTypeNosniff: true.'),
        !used.some(({ spec }) => (spec.rateLimit?.average ?? 0) > 0) &&
          finding(
            overlay,
            ingress,
            path,
            'it has no rate limit',
            'Add a middleware with rateLimit.average above 0.',
          ),
      ].filter((one): one is Finding => one !== false);
    }),
};

export const hostsRight: Check = {
  number: 64,
  name: 'each environment serves its own host: /api by the API, the rest by nginx',
  why: 'Two environments that claim one host answer in turn.',
  run: (rendered) =>
    eachOverlay(rendered, (overlay) => {
      const environment = environments[overlay.name];
      if (!environment) return [];
      const rules = (ofKind<object>(overlay, 'Ingress') as Ingress[]).flatMap((ingress) =>
        (ingress.spec.rules ?? []).map((rule) => ({ ingress, rule })),
      );
      const wrong = rules.filter(({ rule }) => rule.host !== environment.host);
      const paths = rules.flatMap(({ ingress, rule }) =>
        (rule.http?.paths ?? []).map(({ path, pathType, backend }) => ({
          ingress,
          route: `${pathType} ${path} → ${backend.service?.name}`,
        })),
      );
      const wanted = ['Prefix /api → api', 'Prefix / → frontend'];
      return [
        ...wrong.map(({ ingress, rule }) =>
          finding(overlay, ingress, 'spec.rules', `it serves ${rule.host}`, `Write ${environment.host}.`),
        ),
        ...wanted
          .filter((route) => !paths.some((one) => one.route === route))
          .map((route) =>
            finding(
              overlay,
              { apiVersion: '', kind: 'Ingress', metadata: { name: '*', namespace: environment.namespace } },
              'spec.rules',
              `no Ingress has ${route}`,
              'Traefik routes /api to the API, and everything else to nginx.',
            ),
          ),
        ...paths
          .filter(({ route }) => !wanted.includes(route))
          .map(({ ingress, route }) =>
            finding(
              overlay,
              ingress,
              'spec.rules',
              `it routes ${route}`,
              `Only ${wanted.join(' and ')} are for visitors.`,
            ),
          ),
      ];
    }),
};
