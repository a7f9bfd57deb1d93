/** The policies together, against the edge matrix, both ways. */
import { overall, type Check, type Finding } from '../finding.ts';
import { compare, type Connection } from '../network/compare.ts';
import type { Party } from '../network/evaluate.ts';
import { worldsOf, type World } from '../network/world.ts';
import type { Labels } from '../resource.ts';

export const policiesAreTheMatrix: Check = {
  number: 15,
  name: 'policies allow what the edge matrix says, and nothing else',
  why: 'What is drawn and what is enforced drift apart, unless one is asked about the other.',
  run: (rendered) =>
    worldsOf(rendered).flatMap((world) => {
      if (!rendered.matrix) return [];
      const { parties, edges } = rendered.matrix(world);
      return differences(world, [...parties, ...strangers(world)], edges);
    }),
};

/**
 * Who has no business anywhere: a pod with no labels in each namespace, and, in a namespace of nobody, pods that call
 * themselves like each of ours.
 */
function strangers(world: World): Party[] {
  const stranger = (namespace: string, labels: Labels): Party => ({
    name: `a stranger in ${namespace}${labels[NAME] ? ` that calls itself ${labels[NAME]}` : ''}`,
    address: '10.42.201.7',
    pod: { namespace, labels, ports: [] },
  });
  const impostors = new Map(world.workloads.map(({ labels }) => [labels[NAME], labels]));
  return [
    ...[...world.network.namespaces.keys()]
      .filter((namespace) => !world.namespaces.has(namespace))
      .map((namespace) => stranger(namespace, {})),
    ...[...impostors.values()].map((labels) => stranger('elsewhere', labels)),
  ];
}

const NAME = 'app.kubernetes.io/name';

function differences(world: World, parties: Party[], edges: Connection[]): Finding[] {
  const names = new Set(parties.map(({ name }) => name));
  const said = ({ from, to, port, protocol }: Connection): string => `${from} → ${to}, ${protocol} ${port}`;
  const { open, closed } = compare(world.network, parties, edges, world.namespaces);
  return [
    ...edges
      .filter(({ from, to }) => !names.has(from) || !names.has(to))
      .map((edge) =>
        overall(world.name, 'edge matrix', `${said(edge)}: one of them is not rendered`, 'Mend the edge.'),
      ),
    ...[...world.parties.keys()]
      .filter((name) => !edges.some(({ from, to }) => from === name || to === name))
      .map((name) =>
        overall(
          world.name,
          'edge matrix',
          `no edge begins or ends at ${name}`,
          'Add its edges, or remove it.',
        ),
      ),
    ...open.map((connection) =>
      overall(
        world.name,
        'NetworkPolicy',
        `${said(connection)} is let ${connection.side} it, and is no edge`,
        'Add the edge with its reason, or close the policy.',
      ),
    ),
    ...closed.map((connection) =>
      overall(
        world.name,
        'NetworkPolicy',
        `${said(connection)} is an edge, and is not allowed`,
        'Generate the policies again: egress of the one, and ingress of the other.',
      ),
    ),
  ];
}
