/** The network as a page: tiers, edges, and who else is there. */
import { edges, edgesIn, peerNamed, type Edge } from './edges.ts';
import { elsewhere, elsewhereIn, workloadsIn, type Elsewhere, type Shape, type Tier } from './workloads.ts';

const TIERS: [Tier, string][] = [
  ['public', 'what visitors reach'],
  ['app', 'what works for them'],
  ['data', 'what is kept'],
];

export function networkPage(): string {
  return [
    '<!-- Made by `npm run k8s:generate` of packages/cluster/src/edges.ts. -->',
    '',
    '# Who talks to whom',
    '',
    'Every connection that the cluster lets through. Everything else is refused in both directions by the NetworkPolicies of',
    '`deploy/kubernetes/components/network-policies`, which are made of the same table. To open another one:',
    '[how-to/open-an-edge.md](how-to/open-an-edge.md).',
    '',
    '## Tiers',
    '',
    '```mermaid',
    ...picture(),
    '```',
    '',
    table(
      ['tier', 'what it is', 'who is in it'],
      TIERS.map(([tier, what]) => [tier, what, membersOf(tier, 'single').join(', ')]),
    ),
    '',
    'Besides the edges, each pod of ours may ask the cluster’s DNS.',
    '',
    '## Edges',
    '',
    tableOf(edgesIn('single'), 'single'),
    '',
    '## Not ours',
    '',
    tableOfElsewhere(elsewhereIn('single')),
    '',
    '## Where a machine may be lost',
    '',
    'In [prod-ha and cluster-ha](scale.md) there are several of each. What they have besides:',
    '',
    tableOf(
      edges.filter(({ only }) => only === 'ha'),
      'ha',
    ),
    '',
    tableOfElsewhere(elsewhere.filter(({ only }) => only === 'ha')),
    '',
    `What they do not have: ${edges
      .filter(({ only }) => only === 'single')
      .map(({ from, to, why }) => `${from} → ${to} (${why})`)
      .join(', ')}.`,
    '',
  ].join('\n');
}

export const membersOf = (tier: Tier, shape: Shape): string[] =>
  [...workloadsIn(shape), ...elsewhereIn(shape)].filter((one) => one.tier === tier).map(({ name }) => name);

/** Each tier a box; of the edges to Vault and from Prometheus one each, or nothing could be read. */
function picture(): string[] {
  const shown = edgesIn('single').filter(({ from, to }) => to !== 'vault' && from !== 'prometheus');
  return [
    'flowchart TB',
    '  internet((internet))',
    ...TIERS.flatMap(([tier, what]) => [
      `  subgraph ${tier}["${tier}: ${what}"]`,
      ...membersOf(tier, 'single').map((name) => `    ${name}`),
      '  end',
    ]),
    '  cert-manager',
    '  api-server[API server]',
    ...shown.map(({ from, to, transport }) => `  ${from} -->|${transport}| ${to}`),
    '  app -->|tls: secrets| vault',
    '  data -->|tls: secrets| vault',
    '  public -->|tls: secrets| vault',
    '  prometheus -->|metrics| app',
    '  prometheus -->|metrics| data',
    '  prometheus -->|metrics| public',
  ];
}

const tableOf = (list: Edge[], shape: Shape): string =>
  table(
    ['from', 'to', 'port', 'transport', 'what for', 'why so'],
    list.map(({ from, to, port, transport, why, because }) => [
      from,
      to,
      String(peerNamed(to, shape).ports[port]),
      transport,
      why,
      because,
    ]),
  );

function placeOf(peer: Elsewhere): string {
  if (peer.at === 'addresses') return 'addresses';
  if (peer.namespace !== 'site') return peer.namespace;
  return peer.only === 'ha' ? 'prod-ha' : 'each environment';
}

const tableOfElsewhere = (list: Elsewhere[]): string =>
  table(
    ['who', 'where', 'why it is in the table'],
    list.map((peer) => [peer.name, placeOf(peer), peer.why]),
  );

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
