import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openStorage } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function storageWritable(patient: Patient): Promise<string> {
  const settings = patient.settings();
  if (!existsSync(settings.dataDir)) return 'none yet; the first start makes it';
  const storage = openStorage(settings);
  const key = `media/doctor-${randomUUID()}`;
  await storage.put(key, new TextEncoder().encode('written by homepage doctor'));
  await storage.remove(key);
  return `${storage.kind} can be written, ${await storage.count()} objects`;
}
