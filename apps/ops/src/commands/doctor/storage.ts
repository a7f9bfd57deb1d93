import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openStorage } from '@homepage/platform';
import type { Patient } from './patient.ts';

const NAMES = { files: 'files in the data folder', s3: 'the S3 bucket' };

export async function storageWritable(patient: Patient): Promise<string> {
  const settings = patient.settings();
  if (!settings.storage && !existsSync(settings.dataDir)) return 'none yet; the first start makes it';
  const storage = await openStorage(settings);
  const key = `media/doctor-${randomUUID()}`;
  await storage.put(key, new TextEncoder().encode('written by homepage doctor'));
  await storage.remove(key);
  const objects = await Array.fromAsync(storage.list('media/'));
  storage.close();
  return `${NAMES[storage.kind]} can be written, ${objects.length} objects`;
}
