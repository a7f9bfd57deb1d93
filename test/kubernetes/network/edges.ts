/** The edge matrix of packages/cluster, spelt out for one cluster: who is there, and each connection of two of them. */
import {
  addresses,
  clusterEnvironments,
  edges,
  elsewhere,
  peerNamed,
  workloads,
  type Elsewhere,
} from '@homepage/cluster';
import type { Connection } from './compare.ts';
import type { Party } from './evaluate.ts';
import type { World } from './world.ts';

const INTERNET = '203.0.113.10';

export function matrixOf(world: World): { parties: Party[]; edges: Connection[] } {
  const sites = clusterEnvironments('example.org')
    .map(({ namespace }) => namespace)
    .filter((namespace) => world.namespaces.has(namespace));
  const outside = elsewhere.flatMap((peer) => partiesOf(peer, sites));
  const members = [...world.parties.keys(), ...outside.filter(({ pod }) => pod).map(({ name }) => name)];
  const dns = members.filter((name) => world.namespaces.has(name.split('/')[0]!));
  return {
    parties: [...world.parties.values(), ...outside],
    edges: [
      ...edges.flatMap(({ from, to, port }) => pairs(from, to, sites, peerNamed(to).ports[port]!)),
      ...dns.flatMap((from) =>
        ['UDP', 'TCP'].map((protocol) => ({ from, to: 'kube-system/dns', port: 53, protocol })),
      ),
    ],
  };
}

/** Two that are both of the site are of one environment; who serves all is asked by each. */
function pairs(from: string, to: string, sites: string[], port: number): Connection[] {
  const both = [from, to].every((name) => homeOf(name) === 'site');
  const named = (name: string, site: string): string[] => {
    const home = homeOf(name);
    if (home === undefined) return addressesOf(name).map((address) => `${name} ${address}`);
    return [`${home === 'site' ? site : home}/${name}`];
  };
  const all = (name: string): string[] => [...new Set(sites.flatMap((site) => named(name, site)))];
  const couples = both
    ? sites.map((site) => [named(from, site)[0]!, named(to, site)[0]!] as const)
    : all(from).flatMap((one) => all(to).map((other) => [one, other] as const));
  return couples.map(([one, other]) => ({ from: one, to: other, port, protocol: 'TCP' }));
}

/** @returns undefined: it is addresses */
function homeOf(name: string): string | undefined {
  const peer = [...workloads, ...elsewhere].find((one) => one.name === name);
  return peer && 'namespace' in peer ? peer.namespace : undefined;
}

const addressesOf = (name: string): string[] =>
  name === 'internet' ? [INTERNET] : addresses.nodes.map((block) => block.split('/')[0]!);

function partiesOf(peer: Elsewhere, sites: string[]): Party[] {
  if (peer.at === 'addresses')
    return addressesOf(peer.name).map((address) => ({ name: `${peer.name} ${address}`, address }));
  const { labels, ports } = peer;
  const homes = peer.namespace === 'site' ? sites : [peer.namespace];
  return homes.map((namespace) => ({
    name: `${namespace}/${peer.name}`,
    address: '10.42.200.9',
    pod: {
      namespace,
      labels,
      ports: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: 'TCP' })),
    },
  }));
}
