/** docs/benchmarks.md: what was measured, how, on what, and why a goal was missed. */
import type { Bench, Row } from './row.ts';
import type { Machine } from './machine.ts';

export type Result = { name: string; bench: Bench; rows: Row[] };

export function benchmarksPage(results: Result[], machine: Machine, busy: string, date: Date): string {
  const missed = results.flatMap(({ rows }) => rows).filter(({ ok }) => !ok);
  return `# Benchmarks

Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}. Absolute numbers belong to the machine; a ratio is ours / peer's, both
measured in turns in the same run. Of the turns the one with the median ratio is told.

| what | ours | peer | ratio | goal | |
|---|---:|---:|---:|---:|---|
${results.flatMap(({ rows }) => rows.map(line)).join('\n')}

${missed.length === 0 ? 'Every goal is met.' : missedGoals(missed)}

## How it is measured

${results.map(({ name, bench }) => `- **${name}** (\`npm run bench -- ${name}\`): ${bench.how}`).join('\n')}

## Where

| | |
|---|---|
${Object.entries(machine)
  .map(([what, value]) => `| ${what} | ${value} |`)
  .join('\n')}

Processes that wanted a core meanwhile, on average of the last five minutes (these benches' own among them): ${busy}.
`;
}

function line(row: Row): string {
  const { name, unit, ours, peer, ratio, ok } = row;
  const cells = [
    name,
    `${rounded(ours)} ${unit}`,
    peer === null ? '–' : `${rounded(peer)} ${unit}`,
    ratio === null ? '–' : ratio.toFixed(2),
    goalOf(row),
    row.goal === null ? '' : ok ? '✓' : '✗ missed',
  ];
  return `| ${cells.join(' | ')} |`;
}

function missedGoals(rows: Row[]): string {
  const reasons = rows.map(({ name, why }) => `- ${name}: ${why ?? 'not known yet.'}`);
  return `## Missed\n\n${reasons.join('\n')}`;
}

export function goalOf({ goal, bound }: Row): string {
  return goal === null ? '–' : `${bound === 'least' ? '≥' : '≤'} ${goal}`;
}

export function rounded(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
