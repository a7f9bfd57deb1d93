import { join } from 'node:path';
import { loadSiteConfig } from '@homepage/platform/config';
import type { Patient } from './patient.ts';

export async function configurationValid(patient: Patient): Promise<string> {
  const file = patient.ownSettings().configFile ?? join(patient.shell.repository, 'homepage.config.ts');
  const config = await loadSiteConfig(file);
  return `${config.name}, ${config.domain}`;
}
