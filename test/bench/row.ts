/** One line of `npm run bench`. */
export type Row = {
  name: string;
  ours: number;
  peer: number | null;
  /** ours / peer; null when nothing is compared */
  ratio: number | null;
  goal: number;
  ok: boolean;
};

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
