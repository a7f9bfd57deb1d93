/** Policies beside the edge matrix: what is allowed and no edge, what is an edge and not allowed. */
import { mayEnter, mayLeave, type Network, type Party, type Port } from './evaluate.ts';

export type Connection = { from: string; to: string; port: number; protocol: string };

export type Differences = {
  /** the policies of one end allow it, and no edge says so: the other end may be the only one that still forbids it */
  open: (Connection & { side: 'out of' | 'into' })[];
  /** an edge, and the policies forbid it */
  closed: Connection[];
  /** how many questions were asked */
  asked: number;
};

/** Asked for everybody, beside what pods listen on: what people forget, and what nobody uses. */
const ALWAYS: Port[] = [
  ...[22, 53, 80, 443, 6443, 8080, 10250, 65_000].map((port) => ({ port, protocol: 'TCP' })),
  ...[53, 65_000].map((port) => ({ port, protocol: 'UDP' })),
];

/**
 * @param parties everybody; those who are not in a namespace of ours do not ask each other
 * @param edges names are those of the parties
 * @param ours namespaces
 */
export function compare(
  network: Network,
  parties: Party[],
  edges: Connection[],
  ours: Set<string>,
): Differences {
  const isOurs = ({ pod }: Party): boolean => pod !== undefined && ours.has(pod.namespace);
  const text = ({ from, to, port, protocol }: Connection): string => `${from} → ${to} ${protocol} ${port}`;
  const wanted = new Map(edges.map((edge) => [text(edge), edge]));
  const result: Differences = { open: [], closed: [], asked: 0 };
  const edgePorts = edges.map(({ to, port, protocol }) => ({ to, port, protocol }));
  for (const to of parties) {
    const ports = unique([
      ...ALWAYS,
      ...(to.pod?.ports ?? []),
      ...edgePorts.filter((edge) => edge.to === to.name),
      ...policyPorts(network),
    ]);
    for (const one of parties) {
      // Of a workload with several pods it is another one; a pod always reaches itself.
      const from = one === to ? { ...to } : one;
      if (!isOurs(from) && !isOurs(to)) continue;
      for (const port of ports) {
        const connection = { from: from.name, to: to.name, port: port.port, protocol: port.protocol };
        const should = wanted.has(text(connection));
        const leaves = mayLeave(network, from, to, port);
        const enters = mayEnter(network, from, to, port);
        result.asked += 1;
        if (!should && leaves && isOurs(from)) result.open.push({ ...connection, side: 'out of' });
        if (!should && enters && isOurs(to)) result.open.push({ ...connection, side: 'into' });
        if (should && !(leaves && enters)) result.closed.push(connection);
      }
    }
  }
  return result;
}

/** Every number that some policy names. */
function policyPorts({ policies }: Network): Port[] {
  return policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ port, endPort, protocol = 'TCP' }) =>
      [port, endPort].filter((one) => typeof one === 'number').map((one) => ({ port: one, protocol })),
    );
}

const unique = (ports: Port[]): Port[] => [
  ...new Map(ports.map(({ port, protocol }) => [`${protocol} ${port}`, { port, protocol }])).values(),
];
