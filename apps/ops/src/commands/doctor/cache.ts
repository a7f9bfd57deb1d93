import { setTimeout as wait } from 'node:timers/promises';
import { openCache, Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

const ANSWER_WITHIN_MS = 5_000;

export async function cacheAnswers(patient: Patient): Promise<string> {
  const settings = patient.settings();
  if (!settings.cache) return 'memory of the process';
  let reason: unknown;
  const cache = await openCache(settings, {
    onState: (_state, error) => (reason = error ?? reason),
    onError: (error) => (reason = error),
  });
  try {
    for (let waited = 0; waited < ANSWER_WITHIN_MS; waited += 100) {
      const { ok, version, listeners } = await cache.status('content');
      if (ok) return `Valkey ${version ?? ''}, shared by ${listeners ?? 0} API processes`;
      await wait(100);
    }
  } finally {
    await cache.close();
  }
  throw new Problem(
    'CACHE_AWAY',
    `The cache does not answer${reason ? ` (${(reason as Error).message})` : ''}.`,
    {
      field: 'CACHE_URL',
      fix: 'Check that it runs, and its address, user and password in CACHE_URL or cache.json. The site works without it.',
    },
  );
}
