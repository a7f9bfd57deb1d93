/** What failed is written into the target, so that whoever watches it sees more than an absence. */
import { randomBytes } from 'node:crypto';
import { explainDatabaseError, Problem, stamp, timeOfStamp } from '@homepage/platform';
import type { Target } from './target.ts';

export type Failure = { at: Date; stage: string; code: string };

const KEY = /^failures\/(\d{8}T\d{6}Z)-([\w]+)-([A-Z0-9_]+)-[0-9a-f]{8}\.json$/;

export async function recordFailure(target: Target, stage: string, error: unknown): Promise<void> {
  const problem = error instanceof Problem ? error : explainDatabaseError(error);
  const code = problem?.code ?? 'UNEXPECTED';
  const key = `failures/${stamp(new Date())}-${stage}-${code}-${randomBytes(4).toString('hex')}.json`;
  const text = JSON.stringify({ stage, code, message: problem?.message ?? null, fix: problem?.fix ?? null });
  await target.put(key, Buffer.from(`${text}\n`));
}

/** By their keys alone. */
export function failureOf(key: string): Failure | undefined {
  const [, time, stage, code] = KEY.exec(key) ?? [];
  const at = time === undefined ? undefined : timeOfStamp(time);
  return at && { at, stage: stage!, code: code! };
}
