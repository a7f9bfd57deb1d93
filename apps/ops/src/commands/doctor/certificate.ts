import { requireLife } from '@homepage/platform';
import type { Patient } from './patient.ts';

/** Whether it is good at all is what the settings are checked for. */
export async function certificateGood(patient: Patient): Promise<string> {
  const { tls, secretFiles } = patient.settings();
  return tls ? requireLife(tls, secretFiles[0]!) : 'none; the site speaks plain HTTP';
}
