import { aheadOfDatabase, openStorage, requireSameClock, type Settings } from '@homepage/platform';
import type { Patient } from './patient.ts';

/** Others' clocks show whether this machine's is right; those that are away are other checks' answers. */
export async function clockRight(patient: Patient): Promise<string> {
  const settings = patient.settings();
  const seen = [
    { of: 'that of the database', ahead: await fromDatabase(patient).catch(() => undefined) },
    { of: 'that of the object storage', ahead: await fromStorage(settings).catch(() => undefined) },
  ].filter((clock) => clock.ahead !== undefined);
  for (const { of, ahead } of seen) requireSameClock(ahead!, of);
  if (seen.length === 0) return `${new Date().toISOString()}; no other to compare it with`;
  return seen.map(({ of, ahead }) => `${ahead!.toFixed(1)} s ahead of ${of}`).join(', ');
}

async function fromDatabase(patient: Patient): Promise<number | undefined> {
  // The embedded one reads the same clock.
  if (!patient.settings().database) return undefined;
  const { db } = await patient.database();
  await aheadOfDatabase(db); // the first one opens the connection, which takes its time
  return aheadOfDatabase(db);
}

/** The answer's date has no parts of a second. */
async function fromStorage(settings: Settings): Promise<number | undefined> {
  if (!settings.storage) return undefined;
  const storage = await openStorage(settings);
  const date = await storage.check().finally(() => storage.close());
  return date && Math.trunc((Date.now() - date.getTime()) / 1000);
}
