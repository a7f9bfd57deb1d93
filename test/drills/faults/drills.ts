/** Every drill of `npm run drill -- faults`, in the order in which they run. */
import type { Drill } from '../outcome.ts';

export const drills: Drill[] = [];
