/** The edge matrix of packages/cluster, spelt out for one cluster: who is there, and each connection of two of them. */
import {
  addresses,
  clusterEnvironments,
  edgesIn,
  elsewhereIn,
  peerNamed,
  shapeOf,
  type Elsewhere,
  type Shape,
} from '@homepage/cluster';
import { shapeOfCluster } from '../expected.ts';
import type { Connection } from './compare.ts';
import type { Party } from './evaluate.ts';
import type { World } from './world.ts';

const INTERNET = '203.0.113.10';

type Site = { namespace: string; shape: Shape };

export function matrixOf(world: World): { parties: Party[]; edges: Connection[] } {
  const cluster = shapeOfCluster(world.overlays);
  const sites = clusterEnvironments('example.org')
    .filter(({ namespace }) => world.namespaces.has(namespace))
    .map(({ name, namespace }): Site => ({ namespace, shape: shapeOf(name, cluster) }));
  const outside = elsewhereIn(cluster).flatMap((peer) => partiesOf(peer, sites));
  const members = [...world.parties.keys(), ...outside.filter(({ pod }) => pod).map(({ name }) => name)];
  const dns = members.filter((name) => world.namespaces.has(name.split('/')[0]!));
  return {
    parties: [...world.parties.values(), ...outside],
    edges: [
      ...connectionsOf(cluster, sites),
      ...dns.flatMap((from) =>
        ['UDP', 'TCP'].map((protocol) => ({ from, to: 'kube-system/dns', port: 53, protocol })),
      ),
    ],
  };
}

/** Those of each site, with who serves it; and those of the cluster that no site has a part in. */
function connectionsOf(cluster: Shape, sites: Site[]): Connection[] {
  const isOfSite = (name: string, shape: Shape): boolean => homeOf(name, shape) === 'site';
  const ofSites = sites.flatMap((site) =>
    edgesIn(site.shape)
      .filter(({ from, to }) => [from, to].some((name) => isOfSite(name, site.shape)))
      .flatMap(({ from, to, port }) => pairs(from, to, port, site.shape, site.namespace)),
  );
  const ofCluster = edgesIn(cluster)
    .filter(({ from, to }) => ![from, to].some((name) => isOfSite(name, cluster)))
    .flatMap(({ from, to, port }) => pairs(from, to, port, cluster, ''));
  return [...ofSites, ...ofCluster];
}

/** Who is addresses is there once for each of them. */
function pairs(from: string, to: string, port: string, shape: Shape, site: string): Connection[] {
  const named = (name: string): string[] => {
    const home = homeOf(name, shape);
    if (home === undefined) return addressesOf(name).map((address) => `${name} ${address}`);
    return [`${home === 'site' ? site : home}/${name}`];
  };
  const number = peerNamed(to, shape).ports[port]!;
  return named(from).flatMap((one) =>
    named(to).map((other) => ({ from: one, to: other, port: number, protocol: 'TCP' })),
  );
}

/** @returns undefined: it is addresses */
function homeOf(name: string, shape: Shape): string | undefined {
  const peer = peerNamed(name, shape);
  return 'namespace' in peer ? peer.namespace : undefined;
}

const addressesOf = (name: string): string[] =>
  name === 'internet' ? [INTERNET] : addresses.nodes.map((block) => block.split('/')[0]!);

/** Who is in each site is there where the site has it. */
function partiesOf(peer: Elsewhere, sites: Site[]): Party[] {
  if (peer.at === 'addresses')
    return addressesOf(peer.name).map((address) => ({ name: `${peer.name} ${address}`, address }));
  const { labels, more, ports } = peer;
  const homes =
    peer.namespace === 'site'
      ? sites.filter(({ shape }) => elsewhereIn(shape).includes(peer)).map(({ namespace }) => namespace)
      : [peer.namespace];
  return homes.map((namespace) => ({
    name: `${namespace}/${peer.name}`,
    address: '10.42.200.9',
    pod: {
      namespace,
      labels: { ...labels, ...more },
      ports: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: 'TCP' })),
    },
  }));
}
