/** NetworkPolicies, one by one; what they allow together is compared with the edge matrix in edges.ts beside this. */
import { environments, exceptions, foreignPods } from '../expected.ts';
import { finding, overall, type Check } from '../finding.ts';
import { directionsOf, type Peer, type PolicyPort, type PolicySpec } from '../network/evaluate.ts';
import { worldsOf, type World } from '../network/world.ts';
import { containersOf, ofKind, selects, type Selector } from '../resource.ts';
import { eachOfKind, eachOverlay } from './each.ts';

type Fields = { spec: PolicySpec };
type Rule = { peers: Peer[]; ports: PolicyPort[]; path: string; direction: 'ingress' | 'egress' };

const rulesOf = (spec: PolicySpec): Rule[] => [
  ...(spec.ingress ?? []).map(({ from = [], ports = [] }, index) => ({
    peers: from,
    ports,
    path: `spec.ingress[${index}]`,
    direction: 'ingress' as const,
  })),
  ...(spec.egress ?? []).map(({ to = [], ports = [] }, index) => ({
    peers: to,
    ports,
    path: `spec.egress[${index}]`,
    direction: 'egress' as const,
  })),
];

const isEmpty = (selector: Selector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;

export const defaultDeny: Check = {
  number: 11,
  name: 'each namespace of ours denies first, both ways',
  why: 'A pod that no policy selects is open to all; the next one that is added would be such a pod.',
  run: (rendered) =>
    eachOfKind<object>(rendered, 'Namespace', (namespace, overlay) => {
      const { name } = namespace.metadata;
      const denying = rendered.overlays
        .filter((one) => one.name === overlay.name || one.name === 'cluster')
        .flatMap((one) => ofKind<Fields>(one, 'NetworkPolicy'))
        .filter(
          ({ metadata, spec }) =>
            metadata.namespace === name && isEmpty(spec.podSelector) && rulesOf(spec).length === 0,
        );
      return (['Ingress', 'Egress'] as const)
        .filter((direction) => !denying.some(({ spec }) => directionsOf(spec).includes(direction)))
        .map((direction) =>
          finding(
            overlay,
            namespace,
            '',
            `nothing denies ${direction.toLowerCase()} in it`,
            'Add a policy with podSelector: {}, both policyTypes, and no rules.',
          ),
        );
    }),
};

export const dnsNarrow: Check = {
  number: 12,
  name: 'names are asked of kube-dns alone, by UDP and TCP',
  why: 'DNS to anybody is a way out for data; without TCP long answers are cut off.',
  run: (rendered) => [
    ...eachOfKind<Fields>(rendered, 'NetworkPolicy', (policy, overlay) =>
      rulesOf(policy.spec)
        .filter(
          ({ direction, ports }) =>
            direction === 'egress' && ports.some(({ port }) => port === 53 || port === 'dns'),
        )
        .flatMap(({ peers, ports, path }) => {
          const exact =
            peers.length > 0 &&
            peers.every(
              ({ podSelector, namespaceSelector, ipBlock }) =>
                !ipBlock &&
                podSelector?.matchLabels?.['k8s-app'] === 'kube-dns' &&
                namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] === 'kube-system',
            );
          const both = ['UDP', 'TCP'].filter(
            (wanted) => !ports.some(({ port, protocol = 'TCP' }) => port === 53 && protocol === wanted),
          );
          return [
            ...(exact
              ? []
              : [
                  finding(
                    overlay,
                    policy,
                    `${path}.to`,
                    'it asks others than kube-dns',
                    'Select k8s-app: kube-dns in kube-system.',
                  ),
                ]),
            ...both.map((protocol) =>
              finding(
                overlay,
                policy,
                `${path}.ports`,
                `${protocol} 53 is missing`,
                'Name 53 for UDP and for TCP.',
              ),
            ),
          ];
        }),
    ),
    ...worldsOf(rendered).flatMap((world) =>
      [...world.namespaces]
        .filter(
          (name) =>
            !world.network.policies.some(
              ({ metadata, spec }) =>
                metadata.namespace === name &&
                isEmpty(spec.podSelector) &&
                rulesOf(spec).some(
                  ({ direction, ports }) => direction === 'egress' && ports.some(({ port }) => port === 53),
                ),
            ),
        )
        .filter((name) => world.workloads.some(({ namespace }) => namespace === name))
        .map((name) =>
          overall(
            world.name,
            `Namespace ${name}`,
            'its pods cannot ask for names',
            'Allow kube-dns to all of its pods.',
          ),
        ),
    ),
  ],
};

/** Who a peer may be: rendered workloads, and pods that something else makes. */
function matching(world: World, home: string, { podSelector = {}, namespaceSelector }: Peer) {
  const inNamespace = (namespace: string): boolean =>
    namespaceSelector
      ? selects(namespaceSelector, world.network.namespaces.get(namespace) ?? {})
      : namespace === home;
  const workloads = world.workloads.filter(
    ({ namespace, labels }) => inNamespace(namespace) && selects(podSelector, labels),
  );
  const foreign = foreignPods(world.overlays).filter(
    ({ namespace, labels }) => selects(podSelector, labels) && inNamespace(namespace),
  );
  return { workloads, foreign };
}

export const policyPortsExist: Check = {
  number: 13,
  name: 'ports of policies are ports of pods',
  why: 'Policies are enforced behind Services: the port of a Service in a policy opens nothing.',
  run: (rendered) =>
    worldsOf(rendered).flatMap((world) =>
      world.network.policies.flatMap((policy) => {
        const overlay = rendered.overlays.find(({ resources }) => resources.includes(policy))!;
        const home = policy.metadata.namespace ?? 'default';
        return rulesOf(policy.spec).flatMap(({ direction, peers, ports, path }) => {
          const targets =
            direction === 'ingress'
              ? [matching(world, home, { podSelector: policy.spec.podSelector ?? {} })]
              : peers.filter(({ ipBlock }) => !ipBlock).map((peer) => matching(world, home, peer));
          const own = targets.flatMap(({ workloads }) => workloads);
          const foreign = targets.flatMap((target) => target.foreign);
          if (own.length === 0 || foreign.length > 0) return [];
          const listened = own.flatMap((workload) =>
            containersOf(workload).flatMap(({ container }) => container.ports ?? []),
          );
          return [
            ...(ports.length === 0
              ? [finding(overlay, policy, path, 'it opens every port', 'Name the ports.')]
              : []),
            ...ports
              .filter(
                ({ port, protocol = 'TCP' }) =>
                  !listened.some(
                    (one) =>
                      (one.containerPort === port || one.name === port) &&
                      (one.protocol ?? 'TCP') === protocol,
                  ),
              )
              .map(({ port, protocol = 'TCP' }) =>
                finding(
                  overlay,
                  policy,
                  `${path}.ports`,
                  `${own.map(({ name }) => name).join(', ')} listens not on ${protocol} ${port}`,
                  'Name a containerPort, or name the port in the container.',
                ),
              ),
          ];
        });
      }),
    ),
};

export const policySelectorsFit: Check = {
  number: 14,
  name: 'selectors of policies select somebody',
  why: 'A rule for a pod that is called otherwise opens nothing today, and something else tomorrow.',
  run: (rendered) =>
    worldsOf(rendered).flatMap((world) =>
      world.network.policies.flatMap((policy) => {
        const overlay = rendered.overlays.find(({ resources }) => resources.includes(policy))!;
        const home = policy.metadata.namespace ?? 'default';
        const subjects = matching(world, home, { podSelector: policy.spec.podSelector ?? {} });
        const nobody = (found: ReturnType<typeof matching>): boolean =>
          found.workloads.length + found.foreign.length === 0;
        return [
          ...(!isEmpty(policy.spec.podSelector) && nobody(subjects)
            ? [
                finding(
                  overlay,
                  policy,
                  'spec.podSelector',
                  'it selects no pod',
                  'Write the labels of a workload of this namespace.',
                ),
              ]
            : []),
          ...rulesOf(policy.spec).flatMap(({ peers, path, direction }) =>
            peers
              .filter((peer) => !peer.ipBlock && nobody(matching(world, home, peer)))
              .map((peer) =>
                finding(
                  overlay,
                  policy,
                  `${path}.${direction === 'ingress' ? 'from' : 'to'}`,
                  `nobody is ${JSON.stringify(peer)}`,
                  'Write labels of a rendered workload; or declare the pod in expected.ts.',
                ),
              ),
          ),
        ];
      }),
    ),
};

export const solversReached: Check = {
  number: 16,
  name: 'challenges of certificates are answered',
  why: 'Under default deny nobody reaches the solver, and the certificate ends in ninety days.',
  run: (rendered) =>
    eachOverlay(rendered, (overlay) => {
      const homes = new Set(ofKind<object>(overlay, 'Ingress').map(({ metadata }) => metadata.namespace));
      const policies = rendered.overlays
        .filter(({ name }) => name === overlay.name || name === 'cluster')
        .flatMap((one) => ofKind<Fields>(one, 'NetworkPolicy'));
      return [...homes]
        .filter(
          (home) =>
            !policies.some(
              ({ metadata, spec }) =>
                metadata.namespace === home &&
                spec.podSelector?.matchLabels?.['acme.cert-manager.io/http01-solver'] === 'true' &&
                rulesOf(spec).some(
                  ({ direction, ports }) =>
                    direction === 'ingress' && ports.some(({ port }) => port === 8089),
                ),
            ),
        )
        .map((home) =>
          overall(
            overlay.name,
            `Namespace ${home}`,
            'Traefik does not reach the solver of a challenge',
            'Allow it to pods with acme.cert-manager.io/http01-solver: "true", port 8089.',
          ),
        );
    }),
};

export const apiServerReached: Check = {
  number: 17,
  name: 'who asks the API server reaches it, and nobody else does',
  why: 'It is on 6443 of the node, not on 443 of its Service, where policies look.',
  run: (rendered) =>
    worldsOf(rendered).flatMap((world) =>
      world.workloads.flatMap((workload) => {
        const overlay = workload.overlay;
        const opened = world.network.policies.filter(
          ({ metadata, spec }) =>
            metadata.namespace === workload.namespace &&
            selects(spec.podSelector ?? {}, workload.labels) &&
            rulesOf(spec).some(
              ({ direction, ports }) => direction === 'egress' && ports.some(({ port }) => port === 6443),
            ),
        );
        const needs = `${workload.namespace}/${workload.name}` in exceptions.token;
        if (needs === opened.length > 0) return [];
        return needs
          ? [
              finding(
                overlay,
                workload.resource,
                '',
                'it asks the API server, and does not reach it',
                'Allow egress to 6443 of the node.',
              ),
            ]
          : opened.map((policy) =>
              finding(
                overlay,
                policy,
                'spec.egress',
                `${workload.name} reaches the API server, and never asks it`,
                'Remove 6443.',
              ),
            );
      }),
    ),
};

export const dataStaysInside: Check = {
  number: 18,
  name: 'the data tier does not reach the internet',
  why: 'Whoever gets into the database would take it away by the next open port.',
  run: (rendered) =>
    eachOfKind<Fields>(rendered, 'NetworkPolicy', (policy, overlay) => {
      const open = rulesOf(policy.spec).filter(
        ({ direction, peers }) =>
          direction === 'egress' &&
          (peers.length === 0 ||
            peers.some(({ ipBlock }) => ipBlock && /\/([0-9]|1[0-5])$/.test(ipBlock.cidr))),
      );
      if (open.length === 0) return [];
      const world = worldsOf(rendered).find(({ overlays }) => overlays.includes(overlay.name));
      const subjects = (world?.workloads ?? []).filter(
        ({ namespace, labels }) =>
          namespace === policy.metadata.namespace && selects(policy.spec.podSelector ?? {}, labels),
      );
      return [
        ...subjects
          .filter(
            ({ labels, name }) => labels['homepage.dev/tier'] === 'data' && !(name in exceptions.internet),
          )
          .map(({ name }) =>
            finding(
              overlay,
              policy,
              open[0]!.path,
              `${name} is in the data tier, and reaches the internet`,
              'Remove the block; or list it in expected.ts with the reason.',
            ),
          ),
        ...open
          .filter(
            ({ peers }) =>
              peers.length === 0 ||
              peers.some(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0' && !coversPrivate(ipBlock.except)),
          )
          .map(({ path }) =>
            finding(
              overlay,
              policy,
              path,
              'it opens the networks of pods, Services and nodes, too',
              'Write except: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16.',
            ),
          ),
      ];
    }),
};

const coversPrivate = (except: string[] = []): boolean =>
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].every((block) => except.includes(block));

export const environmentsApart: Check = {
  number: 60,
  name: 'an environment names nothing of another one',
  why: 'One overlay that was copied and not changed lets dev write into prod.',
  run: (rendered) =>
    eachOverlay(rendered, (overlay) => {
      const own = environments[overlay.name];
      if (!own) return [];
      const strangers = Object.values(environments).filter(({ namespace }) => namespace !== own.namespace);
      return overlay.resources.flatMap((resource) => {
        const text = JSON.stringify(resource);
        const home = resource.kind === 'Namespace' ? resource.metadata.name : resource.metadata.namespace;
        const found = strangers.flatMap(({ namespace, host, issuer }) => [
          ...(text.includes(namespace) ? [namespace] : []),
          ...(text.includes(issuer) ? [issuer] : []),
          ...(new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w-])`).test(text) ? [host] : []),
        ]);
        return [
          ...found.map((word) =>
            finding(overlay, resource, '', `it names ${word}`, `Write what ${overlay.name} has.`),
          ),
          ...(home !== undefined && home !== own.namespace && resource.kind !== 'ClusterRole'
            ? [
                finding(
                  overlay,
                  resource,
                  'metadata.namespace',
                  `it is in ${home}`,
                  `Write ${own.namespace}.`,
                ),
              ]
            : []),
        ];
      });
    }),
};
