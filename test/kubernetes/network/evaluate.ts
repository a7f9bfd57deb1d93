/**
 * What NetworkPolicies allow, as Kubernetes defines it and with no other source:
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API reference of networking.k8s.io/v1.
 *
 * - A pod that no policy selects for a direction is open in that direction.
 * - Policies only add: what any rule of any policy that selects the pod allows is allowed.
 * - A connection needs the egress of its source and the ingress of its target.
 * - A pod always reaches itself.
 * - Ports are those of pods: policies are enforced behind the translation of Services.
 */
import { selects, type Labels, type Resource, type Selector } from '../resource.ts';

/** Somebody who connects or is connected to: a pod, or an address outside. */
export type Party = {
  /** as it is called in findings, e.g. "homepage-prod/api" */
  name: string;
  /** undefined: it is no pod, but what has the address */
  pod?: { namespace: string; labels: Labels; ports: { name?: string; port: number; protocol: string }[] };
  /** IPv4; of a pod one that pods get */
  address: string;
};

export type Port = { port: number; protocol: string };

export type PolicyPort = { protocol?: string; port?: number | string; endPort?: number };
export type Peer = {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
};
export type PolicySpec = {
  podSelector?: Selector;
  policyTypes?: string[];
  ingress?: { from?: Peer[]; ports?: PolicyPort[] }[];
  egress?: { to?: Peer[]; ports?: PolicyPort[] }[];
};
export type Policy = Resource<{ spec: PolicySpec }>;

export type Network = {
  policies: Policy[];
  /** labels of namespaces by name */
  namespaces: Map<string, Labels>;
};

type Direction = 'Ingress' | 'Egress';

/** @returns whether a connection may be made */
export const allowed = (network: Network, from: Party, to: Party, port: Port): boolean =>
  mayLeave(network, from, to, port) && mayEnter(network, from, to, port);

/** @returns whether the policies of its source let a connection out */
export const mayLeave = (network: Network, from: Party, to: Party, port: Port): boolean =>
  from === to || permits(network, 'Egress', from, to, port, to);

/** @returns whether the policies of its target let a connection in */
export const mayEnter = (network: Network, from: Party, to: Party, port: Port): boolean =>
  from === to || permits(network, 'Ingress', to, from, port, to);

/** @param subject whose policies are asked. @param peer the other end. @param target whose port it is */
function permits(
  network: Network,
  direction: Direction,
  subject: Party,
  peer: Party,
  port: Port,
  target: Party,
): boolean {
  if (!subject.pod) return true;
  const isolating = policiesOn(network, subject)[direction];
  if (isolating.length === 0) return true;
  return isolating.some((policy) =>
    rulesOf(policy.spec, direction).some(
      ({ peers, ports }) =>
        (peers.length === 0 ||
          peers.some((one) => matchesPeer(network, policy.metadata.namespace ?? 'default', one, peer))) &&
        (ports.length === 0 || ports.some((one) => matchesPort(one, port, target))),
    ),
  );
}

type PoliciesOn = Record<Direction, Policy[]>;
/** Thousands of questions are asked of the same few. */
const known = new WeakMap<Network, Map<Party, PoliciesOn>>();

/** Policies that select a pod, by direction. */
function policiesOn(network: Network, party: Party): PoliciesOn {
  const parties = known.get(network) ?? new Map<Party, PoliciesOn>();
  known.set(network, parties);
  const before = parties.get(party);
  if (before) return before;
  const { namespace, labels } = party.pod!;
  const selecting = network.policies.filter(
    ({ metadata, spec }) =>
      (metadata.namespace ?? 'default') === namespace && selects(spec.podSelector ?? {}, labels),
  );
  const of = (direction: Direction): Policy[] =>
    selecting.filter(({ spec }) => directionsOf(spec).includes(direction));
  const found = { Ingress: of('Ingress'), Egress: of('Egress') };
  parties.set(party, found);
  return found;
}

/** Without policyTypes a policy is about ingress, and about egress when it has rules for that. */
export function directionsOf({ policyTypes, egress }: PolicySpec): Direction[] {
  if (policyTypes && policyTypes.length > 0) return policyTypes as Direction[];
  return egress && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** An empty or missing list of peers, or of ports, means all. */
function rulesOf(spec: PolicySpec, direction: Direction): { peers: Peer[]; ports: PolicyPort[] }[] {
  return direction === 'Ingress'
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

/** @param home the policy's own namespace: a podSelector alone is about that one */
function matchesPeer({ namespaces }: Network, home: string, peer: Peer, { pod, address }: Party): boolean {
  // The enforcer of K3s compares addresses of pods with blocks, too.
  if (peer.ipBlock)
    return (
      inBlock(address, peer.ipBlock.cidr) && !(peer.ipBlock.except ?? []).some((one) => inBlock(address, one))
    );
  if (!pod) return false;
  const namespaceFits = peer.namespaceSelector
    ? selects(peer.namespaceSelector, namespaces.get(pod.namespace) ?? {})
    : pod.namespace === home;
  return namespaceFits && selects(peer.podSelector ?? {}, pod.labels);
}

/** A name stands for the port of that name, and protocol, of the pod that is connected to. */
function matchesPort({ protocol = 'TCP', port, endPort }: PolicyPort, wanted: Port, target: Party): boolean {
  if (protocol !== wanted.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number')
    return endPort === undefined ? wanted.port === port : wanted.port >= port && wanted.port <= endPort;
  return (target.pod?.ports ?? []).some(
    (one) => one.name === port && one.port === wanted.port && one.protocol === protocol,
  );
}

/** @param cidr an IPv4 block. @throws Error when it is none */
export function inBlock(address: string, cidr: string): boolean {
  const [base, bits] = cidr.split('/');
  const length = Number(bits);
  if (bits === undefined || !(length >= 0 && length <= 32))
    throw new Error(`"${cidr}" is no block of addresses`);
  const size = 2 ** (32 - length);
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base!) / size);
}

function numberOf(address: string): number {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255)))
    throw new Error(`"${address}" is no IPv4 address`);
  return parts.reduce((total, part) => total * 256 + part, 0);
}
