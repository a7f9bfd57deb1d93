/** All groups of `npm run drill`, each loaded when it is asked for. */
import type { Drill } from './outcome.ts';

export const groups: Record<string, () => Promise<Drill[]>> = {
  faults: async () => (await import('./faults/drills.ts')).drills,
  overload: async () => (await import('./overload/drills.ts')).drills,
  vault: async () => (await import('./vault/drills.ts')).drills,
  cluster: async () => (await import('./cluster/drills.ts')).drills,
  backup: async () => (await import('./backup/drills.ts')).drills,
};
