import type { Patient } from './patient.ts';

export async function settingsValid({ shell }: Patient): Promise<string> {
  const settings = shell.settings();
  return settings.database ? 'valid; the database is a PostgreSQL server' : 'valid; the database is embedded';
}
