import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openStorage } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function storageWritable(patient: Patient): Promise<string> {
  const settings = patient.settings();
  if (!settings.storage && !existsSync(settings.dataDir)) return 'none yet; the first start makes it';
  const storage = await openStorage(settings);
  try {
    await storage.check();
    const key = `media/doctor-${randomUUID()}`;
    await storage.put(key, new TextEncoder().encode('written by homepage doctor'));
    await storage.remove(key);
    let objects = 0;
    let bytes = 0;
    for await (const object of storage.list('media/')) {
      objects++;
      bytes += object.bytes;
    }
    const name = settings.storage
      ? `bucket ${settings.storage.bucket} at ${new URL(settings.storage.endpoint).host}`
      : 'files in the data folder';
    // Replicas on other machines would not see them.
    const whose = settings.database && !settings.storage ? ', of this machine only' : '';
    return `${name}${whose} can be written, ${objects} objects, ${(bytes / 1024 / 1024).toFixed(1)} MB`;
  } finally {
    storage.close();
  }
}
