import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { explainCacheError, openCache } from '@homepage/platform';
import type { Patient } from './patient.ts';

const ANSWER_WITHIN_MS = 5_000;
/** Who said why it does not want to is asked again for so long: it may just be starting. */
const SAID_NO_MS = 1_000;

export async function cacheAnswers(patient: Patient): Promise<string> {
  const settings = patient.settings();
  if (!settings.cache) return 'memory of the process';
  let reason: unknown;
  const cache = await openCache(settings, {
    onState: (_state, error) => (reason = error ?? reason),
    onError: (error) => (reason = error),
  });
  try {
    for (let waited = 0; waited < (reason ? SAID_NO_MS : ANSWER_WITHIN_MS); waited += 100) {
      const { ok, version, listeners } = await cache.status('content');
      if (!ok) {
        await wait(100);
        continue;
      }
      const key = `doctor:${randomUUID()}`;
      await cache.put(key, Buffer.from('written by homepage doctor'), 10);
      if (!(await cache.get(key))) break;
      await cache.remove(key);
      return `Valkey ${version ?? ''}, shared by ${listeners ?? 0} API processes`;
    }
  } finally {
    await cache.close();
  }
  throw explainCacheError(reason);
}
