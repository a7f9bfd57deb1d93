/**
 * NetworkPolicies of the matrix: for each workload one, with everybody who may come and everywhere it may go. K3s decides after
 * the address of a Service has become that of a pod, so ports are those of containers, and the API server is its node.
 */
import { edges, isOurs, peerNamed, type Edge, type Peer } from './edges.ts';
import { addresses, clusterEnvironments } from './environments.ts';
import { elsewhere, workloads, type Namespace, type Workload } from './workloads.ts';

type Selector = { matchLabels?: Record<string, string>; matchExpressions?: object[] };
type PolicyPeer =
  { namespaceSelector?: Selector; podSelector: Selector } | { ipBlock: { cidr: string; except?: string[] } };
type Rule = { from?: PolicyPeer[]; to?: PolicyPeer[]; ports: { protocol: string; port: number }[] };

export type NetworkPolicy = {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata: { name: string; labels: Record<string, string> };
  spec: { podSelector: Selector; policyTypes: ('Ingress' | 'Egress')[]; ingress?: Rule[]; egress?: Rule[] };
};

const NAME = 'app.kubernetes.io/name';
const NAMESPACE = 'kubernetes.io/metadata.name';

/** Namespaces that are ours: nothing goes in or out that no edge names. */
export const ownNamespaces = ['site', 'vault', 'monitoring'] as const satisfies Namespace[];

/** All policies of a namespace, without it: the overlay says which it is. */
export function policiesOf(namespace: (typeof ownNamespaces)[number]): NetworkPolicy[] {
  const own = workloads.filter((one) => one.namespace === namespace);
  const visiting = elsewhere.filter((one) => one.at === 'pods' && one.namespace === namespace);
  return [
    policy('default-deny', {}, ['Ingress', 'Egress'], {}),
    policy('allow-dns', {}, ['Egress'], { egress: [dnsRule()] }),
    ...own.map((workload) => policyOf(workload)),
    ...visiting.map((peer) => policyOf(peer)),
  ];
}

function policyOf(peer: Peer): NetworkPolicy {
  const ingress = rules(
    edges.filter(({ to }) => to === peer.name),
    peer,
    'from',
  );
  const egress = rules(
    edges.filter(({ from }) => from === peer.name),
    peer,
    'to',
  );
  const types: NetworkPolicy['spec']['policyTypes'] = [];
  if (ingress.length > 0) types.push('Ingress');
  if (egress.length > 0) types.push('Egress');
  return policy(peer.name, selectorOf(peer), types, {
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
  });
}

/** One rule for each port, with everybody who shares it. */
function rules(own: Edge[], self: Peer, side: 'from' | 'to'): Rule[] {
  const byPeers = new Map<string, Rule>();
  for (const edge of own) {
    const port = peerNamed(edge.to).ports[edge.port]!;
    const key = side === 'from' ? String(port) : `${edge.to} ${port}`;
    const rule = byPeers.get(key) ?? { [side]: [], ports: [{ protocol: 'TCP', port }] };
    rule[side]!.push(...peersOf(peerNamed(edge[side]), self));
    byPeers.set(key, rule);
  }
  return [...byPeers.values()];
}

function peersOf(peer: Peer, self: Peer): PolicyPeer[] {
  if (!isOurs(peer) && peer.at === 'addresses') {
    if (peer.name === 'internet')
      return [{ ipBlock: { cidr: '0.0.0.0/0', except: [...addresses.private, ...ownNode()] } }];
    return addresses.nodes.map((cidr) => ({ ipBlock: { cidr } }));
  }
  const podSelector = selectorOf(peer);
  return [
    peer.namespace === namespaceOf(self)
      ? { podSelector }
      : { namespaceSelector: namespaceSelector(peer.namespace), podSelector },
  ];
}

/** The node has a public address, and is not the internet: what it serves is an edge of its own. */
const ownNode = (): string[] => addresses.nodes.filter((cidr) => !cidr.startsWith('10.'));

const namespaceOf = (peer: Peer): Namespace | undefined => ('namespace' in peer ? peer.namespace : undefined);

/** The namespaces of all environments, where somebody serves all. */
function namespaceSelector(namespace: Namespace): Selector {
  if (namespace !== 'site') return { matchLabels: { [NAMESPACE]: namespace } };
  const values = clusterEnvironments('').map((environment) => environment.namespace);
  return { matchExpressions: [{ key: NAMESPACE, operator: 'In', values }] };
}

const selectorOf = (peer: Workload | Peer): Selector =>
  isOurs(peer)
    ? { matchLabels: { [NAME]: peer.name } }
    : { matchLabels: 'labels' in peer ? peer.labels : {} };

function dnsRule(): Rule {
  const dns = peerNamed('dns');
  return {
    to: [{ namespaceSelector: namespaceSelector('kube-system'), podSelector: selectorOf(dns) }],
    ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
  };
}

const policy = (
  name: string,
  podSelector: Selector,
  policyTypes: NetworkPolicy['spec']['policyTypes'],
  allowed: Pick<NetworkPolicy['spec'], 'ingress' | 'egress'>,
): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, labels: { [NAME]: name } },
  spec: { podSelector, policyTypes, ...allowed },
});
