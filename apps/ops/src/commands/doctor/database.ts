import { requireSchema } from '@homepage/site';
import type { Patient } from './patient.ts';

const NONE_YET = 'none yet; the first start makes it';

export async function databaseAnswers(patient: Patient): Promise<string> {
  if (!patient.hasDatabase()) return NONE_YET;
  const { db, kind, shared } = await patient.firstAnswer();
  const { number } = await db
    .selectNoFrom(({ fn, val }) => fn<string>('current_setting', [val('server_version')]).as('number'))
    .executeTakeFirstOrThrow();
  // Debian adds the name of its package.
  const version = `PostgreSQL ${number.split(' ', 1)[0]}`;
  if (kind === 'postgresql') return version;
  return `${version}, embedded${shared ? ', shared by the running site' : ''}`;
}

export async function schemaUpToDate(patient: Patient): Promise<string> {
  if (!patient.hasDatabase()) return NONE_YET;
  const { db } = await patient.database();
  await requireSchema(db);
  return 'up to date';
}
