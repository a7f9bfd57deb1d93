import { loadDotEnv, Problems, unknownVariables } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function variablesKnown({ shell }: Patient): Promise<string> {
  loadDotEnv(shell.repository);
  const unknown = unknownVariables(shell.env);
  if (unknown.length === 0) return 'none looks like one of ours with a typing error';
  throw new Problems('VARIABLE_UNKNOWN', 'Set, and read by nobody:', unknown, {
    fix: 'Correct their names; docs/reference/environment.md lists all.',
  });
}
