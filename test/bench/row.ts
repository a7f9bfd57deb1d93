/** What `npm run bench` measures, and one line of its answer. */
import type { ProgramName } from '@homepage/testkit/programs';

export type Bench = {
  /** how it is measured, in a sentence */
  how: string;
  /** servers and tools that it starts */
  programs?: ProgramName[];
  run(): Promise<Row[]>;
};

export type Row = {
  name: string;
  /** of `ours` and `peer` */
  unit: string;
  ours: number;
  /** null: nothing is compared */
  peer: number | null;
  /** ours / peer; null when nothing is compared */
  ratio: number | null;
  /** of the ratio where the peer is what counts, else of `ours`; null: only told */
  goal: number | null;
  /** whether the goal is the least or the most that it may be */
  bound: 'least' | 'most';
  ok: boolean;
  /** why the goal is missed, as far as it is known */
  why?: string;
};

type Told = Pick<Row, 'name' | 'unit'> & { why?: string };
type Goal = { least: number } | { most: number } | undefined;

/** A single value, and a peer's that it is not held to. */
export function measured({ why, ...told }: Told, ours: number, goal?: Goal, peer: number | null = null): Row {
  const ratio = peer === null ? null : ours / peer;
  return finish({ ...told, ours, peer, ratio }, ours, goal, why);
}

/**
 * Ours beside a peer's, measured in turns: of all turns the one with the median ratio, so that a noisy moment of the
 * machine, which meets neighbours alike, decides nothing.
 */
export function compared({ why, ...told }: Told, turns: Turn[], goal?: Goal): Row {
  const { ours, peer } = turns.toSorted((a, b) => a.ours / a.peer - b.ours / b.peer)[
    Math.floor(turns.length / 2)
  ]!;
  return finish({ ...told, ours, peer, ratio: ours / peer }, ours / peer, goal, why);
}

export type Turn = { ours: number; peer: number };

function finish(
  row: Omit<Row, 'goal' | 'bound' | 'ok' | 'why'>,
  value: number,
  goal: Goal,
  why: string | undefined,
): Row {
  if (goal === undefined) return { ...row, goal: null, bound: 'least', ok: true };
  const [bound, number] = 'least' in goal ? (['least', goal.least] as const) : (['most', goal.most] as const);
  const ok = bound === 'least' ? value >= number : value <= number;
  return { ...row, goal: number, bound, ok, ...(!ok && why !== undefined && { why }) };
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
