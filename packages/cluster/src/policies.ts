/**
 * NetworkPolicies of the matrix: for each workload one, with everybody who may come and everywhere it may go. K3s decides after
 * the address of a Service has become that of a pod, so ports are those of containers, and the API server is its node.
 */
import { edgesIn, isOurs, peerNamed, type Edge, type Peer } from './edges.ts';
import { addresses, clusterEnvironments, shapeOf } from './environments.ts';
import { elsewhereIn, shapes, workloadsIn, type Namespace, type Shape, type Workload } from './workloads.ts';

type Selector = { matchLabels?: Record<string, string>; matchExpressions?: object[] };
type PolicyPeer =
  { namespaceSelector?: Selector; podSelector: Selector } | { ipBlock: { cidr: string; except?: string[] } };
type Rule = { from?: PolicyPeer[]; to?: PolicyPeer[]; ports: { protocol: string; port: number }[] };

export type NetworkPolicy = {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata: { name: string; namespace?: string; labels: Record<string, string> };
  spec: { podSelector: Selector; policyTypes: ('Ingress' | 'Egress')[]; ingress?: Rule[]; egress?: Rule[] };
};

const NAME = 'app.kubernetes.io/name';
const NAMESPACE = 'kubernetes.io/metadata.name';

/** Namespaces that are ours: nothing goes in or out that no edge names. */
export const ownNamespaces = ['site', 'vault', 'monitoring'] as const satisfies Namespace[];

/**
 * All policies of a namespace. Those of "site" do not name it: the overlay says which it is.
 * @param shape of the environment for "site", else of the cluster
 */
export function policiesOf(namespace: (typeof ownNamespaces)[number], shape: Shape): NetworkPolicy[] {
  const own = workloadsIn(shape).filter((one) => one.namespace === namespace);
  const visiting = elsewhereIn(shape).filter((one) => one.at === 'pods' && one.namespace === namespace);
  const all = [
    policy('default-deny', {}, ['Ingress', 'Egress'], {}),
    policy('allow-dns', {}, ['Egress'], { egress: [dnsRule()] }),
    ...own.map((workload) => policyOf(workload, shape)),
    ...visiting.map((peer) => policyOf(peer, shape)),
  ];
  if (namespace === 'site') return all;
  return all.map(({ metadata: { name, labels }, ...rest }) => ({
    ...rest,
    metadata: { name, namespace, labels },
  }));
}

function policyOf(peer: Peer, shape: Shape): NetworkPolicy {
  const ingress = rules(peer, shape, 'from');
  const egress = rules(peer, shape, 'to');
  const types: NetworkPolicy['spec']['policyTypes'] = [];
  if (ingress.length > 0) types.push('Ingress');
  if (egress.length > 0) types.push('Egress');
  return policy(peer.name, selectorOf(peer), types, {
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
  });
}

/** One rule for each port, with everybody who shares it. @param side where the others are */
function rules(self: Peer, shape: Shape, side: 'from' | 'to'): Rule[] {
  const byPeers = new Map<string, Rule>();
  for (const { edge, other, port, namespaces } of linksOf(self, shape, side)) {
    const key = side === 'from' ? String(port) : `${edge.to} ${port}`;
    const rule = byPeers.get(key) ?? { [side]: [], ports: [{ protocol: 'TCP', port }] };
    rule[side]!.push(...peersOf(other, self, namespaces));
    byPeers.set(key, rule);
  }
  return [...byPeers.values()];
}

/** An edge as one of its ends sees it. */
type Link = { edge: Edge; other: Peer; port: number; namespaces: string[] };

/** Who serves all environments has an edge to each that has one: they need not be of one shape. */
function linksOf(self: Peer, shape: Shape, side: 'from' | 'to'): Link[] {
  const inSite = namespaceOf(self) === 'site';
  const links = new Map<string, Link>();
  for (const one of shapes) {
    const namespaces = clusterEnvironments('')
      .filter(({ name }) => (inSite ? shape : shapeOf(name, shape)) === one)
      .map(({ namespace }) => namespace);
    for (const edge of edgesIn(one)) {
      const other = peerNamed(edge[side], one);
      const isThere = namespaceOf(other) === 'site' ? namespaces.length > 0 : one === shape;
      if (edge[side === 'from' ? 'to' : 'from'] !== self.name || !isThere) continue;
      const port = peerNamed(edge.to, one).ports[edge.port]!;
      const key = `${other.name} ${edge.to} ${port}`;
      const before = links.get(key)?.namespaces ?? [];
      links.set(key, { edge, other, port, namespaces: [...before, ...namespaces] });
    }
  }
  return [...links.values()];
}

function peersOf(peer: Peer, self: Peer, namespaces: string[]): PolicyPeer[] {
  if (!isOurs(peer) && peer.at === 'addresses') {
    if (peer.name === 'internet')
      return [{ ipBlock: { cidr: '0.0.0.0/0', except: [...addresses.private, ...ownNode()] } }];
    return addresses.nodes.map((cidr) => ({ ipBlock: { cidr } }));
  }
  const podSelector = selectorOf(peer);
  return [
    peer.namespace === namespaceOf(self)
      ? { podSelector }
      : { namespaceSelector: namespaceSelector(peer.namespace, namespaces), podSelector },
  ];
}

/** The node has a public address, and is not the internet: what it serves is an edge of its own. */
const ownNode = (): string[] => addresses.nodes.filter((cidr) => !cidr.startsWith('10.'));

const namespaceOf = (peer: Peer): Namespace | undefined => ('namespace' in peer ? peer.namespace : undefined);

/** @param values the namespaces of environments that it is in */
function namespaceSelector(namespace: Namespace, values: string[]): Selector {
  if (namespace !== 'site') return { matchLabels: { [NAMESPACE]: namespace } };
  return { matchExpressions: [{ key: NAMESPACE, operator: 'In', values }] };
}

const selectorOf = (peer: Workload | Peer): Selector =>
  isOurs(peer)
    ? { matchLabels: { [NAME]: peer.name } }
    : { matchLabels: 'labels' in peer ? peer.labels : {} };

function dnsRule(): Rule {
  const dns = peerNamed('dns', 'single');
  return {
    to: [{ namespaceSelector: namespaceSelector('kube-system', []), podSelector: selectorOf(dns) }],
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
