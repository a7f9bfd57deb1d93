/** The network as a page: tiers, edges, and who else is there. */
import { edges, peerNamed } from './edges.ts';
import { elsewhere, workloads, type Tier } from './workloads.ts';

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
      TIERS.map(([tier, what]) => [tier, what, membersOf(tier).join(', ')]),
    ),
    '',
    'Besides the edges, each pod of ours may ask the cluster’s DNS.',
    '',
    '## Edges',
    '',
    table(
      ['from', 'to', 'port', 'transport', 'what for', 'why so'],
      edges.map(({ from, to, port, transport, why, because }) => [
        from,
        to,
        String(peerNamed(to).ports[port]),
        transport,
        why,
        because,
      ]),
    ),
    '',
    '## Not ours',
    '',
    table(
      ['who', 'where', 'why it is in the table'],
      elsewhere.map((peer) => [
        peer.name,
        peer.at === 'pods' ? (peer.namespace === 'site' ? 'each environment' : peer.namespace) : 'addresses',
        peer.why,
      ]),
    ),
    '',
  ].join('\n');
}

export const membersOf = (tier: Tier): string[] =>
  [...workloads, ...elsewhere].filter((one) => one.tier === tier).map(({ name }) => name);

/** Each tier a box; of the edges to Vault and from Prometheus one each, or nothing could be read. */
function picture(): string[] {
  const shown = edges.filter(({ from, to }) => to !== 'vault' && from !== 'prometheus');
  return [
    'flowchart TB',
    '  internet((internet))',
    ...TIERS.flatMap(([tier, what]) => [
      `  subgraph ${tier}["${tier}: ${what}"]`,
      ...membersOf(tier).map((name) => `    ${name}`),
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

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
