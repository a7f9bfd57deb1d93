/**
 * Property tests ask the same in every run: what turns red is of a change, not of the day. This looks further, at something new
 * each time and so many times more of it:
 *
 *     FUZZ=50 npx vitest run --test-timeout 0 packages/markdown/src/noise.test.ts
 *
 * What it finds becomes an example of its own beside the property.
 */
export function sameEachTime(numRuns = 100): { numRuns: number; seed?: number } {
  const further = process.env['FUZZ'];
  if (further === undefined) return { numRuns, seed: 7 };
  const times = Number(further);
  if (!(times >= 1))
    throw new Error(`FUZZ is "${further}", and must be how many times more: a number from 1.`);
  return { numRuns: Math.ceil(numRuns * times) };
}
