/** docs/capacity.md, written from rendered manifests. */
import { join, resolve } from 'node:path';
import { isForSeveral, type Rendered } from '../resource.ts';
import { atMost, notYet, rowsOf, sumOf, total, type Row } from './capacity.ts';
import { beside, server, SHARE, type Amount } from './server.ts';

export const capacityFile = join(resolve(import.meta.dirname, '../../..'), 'docs/capacity.md');

const cpu = (cores: number): string => `${+(cores * 1000).toFixed(0)}m`;
const memory = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} Mi`;
const cores = (amount: Amount): string => amount.cpu.toFixed(2);
const gibibytes = (amount: Amount): string => (amount.memory / 2 ** 30).toFixed(1);
const count = ({ pods: { min, max }, surge }: Row): string =>
  `${min === max ? min : `${min}–${max}`}${surge > 0 ? ` +${surge}` : ''}`;
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(0)} %`;

const TIERS = ['public', 'app', 'data', '–'];

export function capacityDocument(rendered: Rendered): string {
  const shared = { overlays: rendered.overlays.filter(({ name }) => !isForSeveral(name)) };
  const sum = sumOf(shared);
  const rows = rowsOf(shared);
  const open = notYet(rows);
  return [
    '# Capacity',
    '',
    `<!-- written by npm run k8s:check -- --write -->`,
    '',
    `What the cluster asks of the one server that the architecture names: ${server.cpu} threads, ${server.memory / 2 ** 30} GB.`,
    'Everything is counted at its most: each autoscaler at its upper end, everything being replaced at once (a pod more of each',
    `Deployment), each job running, dev and prod together, with the Vault agents that the injector adds. Requests must stay within`,
    `${SHARE * 100} %; \`npm run k8s:check\` fails otherwise, and when this page is not what the manifests say. Why the sums differ from those`,
    'of the architecture:',
    '[decision 46](decisions/0046-capacity-is-computed.md).',
    '',
    '| | CPU cores | of the server | memory GiB | of the server |',
    '|---|---|---|---|---|',
    ...[
      ['rendered, at its most', sum.rendered] as const,
      ['beside it (below)', sum.beside] as const,
      ...(open.length > 0 ? [['planned, not rendered yet (below)', sum.planned] as const] : []),
      ['**together**', sum.all] as const,
      [`allowed, ${SHARE * 100} %`, sum.allowed] as const,
    ].map(
      ([what, amount]) =>
        `| ${what} | ${cores(amount)} | ${share(amount.cpu, server.cpu)} | ${gibibytes(amount)} | ${share(amount.memory, server.memory)} |`,
    ),
    '',
    '## By tier',
    '',
    '| overlay | tier | CPU requests | memory requests | memory limits |',
    '|---|---|---|---|---|',
    ...shared.overlays.flatMap(({ name }) =>
      TIERS.flatMap((tier) => {
        const here = rows.filter((row) => row.overlay === name && row.tier === tier);
        if (here.length === 0) return [];
        const requests = total(here.map((row) => atMost(row, row.requests)));
        const limits = total(here.map((row) => atMost(row, row.limits)));
        return [
          `| ${name} | ${tier} | ${cpu(requests.cpu)} | ${memory(requests.memory)} | ${memory(limits.memory)} |`,
        ];
      }),
    ),
    '',
    '## By workload',
    '',
    'Numbers are of one pod, with its agent where it has one (*). +1: one more while it is replaced. "none": some container may use',
    'what is free.',
    '',
    '| overlay | workload | tier | pods | CPU request | CPU limit | memory request | memory limit |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(line),
    '',
    '## Beside it',
    '',
    'What runs on the server and asks for nothing in a manifest of this repository.',
    '',
    '| what | CPU | memory | from |',
    '|---|---|---|---|',
    ...[...beside, ...open].map(
      ({ what, requests, source }) =>
        `| ${what} | ${cpu(requests.cpu)} | ${memory(requests.memory)} | ${source} |`,
    ),
    ...several(rendered),
    '',
  ].join('\n');
}

const line = (row: Row): string => {
  const { overlay, workload, tier, requests, limits, injected } = row;
  return `| ${overlay} | ${workload}${injected ? ' *' : ''} | ${tier} | ${count(row)} | ${cpu(requests.cpu)} | ${limits.cpu === 0 ? 'none' : cpu(limits.cpu)} | ${memory(requests.memory)} | ${memory(limits.memory)} |`;
};

/** prod-ha is for several servers, so it is counted by itself. */
function several(rendered: Rendered): string[] {
  const overlays = rendered.overlays.filter(({ name }) => isForSeveral(name));
  if (overlays.length === 0) return [];
  const { rendered: sum } = sumOf({ overlays });
  return [
    '',
    '## On several servers',
    '',
    `cluster-ha and prod-ha take the places of cluster and prod and ask for ${cores(sum)} cores and ${gibibytes(sum)} GiB in all, beside what`,
    'CloudNativePG starts for its own resources.',
    '',
    '| overlay | workload | tier | pods | CPU request | CPU limit | memory request | memory limit |',
    '|---|---|---|---|---|---|---|---|',
    ...rowsOf({ overlays }).map(line),
  ];
}
