import { requireRights, requireSchema } from '@homepage/site';
import type { Patient } from './patient.ts';

export async function rightsEnough(patient: Patient): Promise<string> {
  if (!patient.hasDatabase()) return 'no database yet';
  const { db, kind } = await patient.database();
  if (kind === 'pglite') return 'the embedded database is its own';
  await requireSchema(db);
  const { mayChangeSchema } = await requireRights(db);
  return mayChangeSchema
    ? 'reads and writes rows, and may change the schema: more than the site needs'
    : 'reads and writes rows, cannot change the schema';
}
