/** Every drill of `npm run drill -- vault`, in the order in which they run. */
import type { Drill } from '../outcome.ts';
import { compromise } from './compromise.ts';
import { rightsHold } from './rights.ts';
import { intermediateRenewal, rotationUnderLoad } from './rotation.ts';
import { drillOf } from './scene.ts';
import { bootstrapAway, bootstrapThenPrimary, powerCut, primaryRestarts, tokenExpires } from './seal.ts';
import { sealMoves } from './seal-migration.ts';
import { snapshotsRestore } from './snapshots.ts';

export const drills: Drill[] = [
  drillOf('primary-restart', 'The primary is killed and starts again.', primaryRestarts),
  drillOf('bootstrap-then-primary', 'The bootstrap restarts, then the primary.', bootstrapThenPrimary),
  drillOf('power-cut', 'Both Vaults are killed at once.', powerCut),
  drillOf('bootstrap-away', 'The bootstrap is away while the primary runs.', bootstrapAway),
  drillOf('token-expiry', "The token of the primary's seal is short, then taken back.", tokenExpires),
  drillOf('seal-migration', 'The bootstrap is left for good, then another one is taken.', sealMoves),
  drillOf('approle-matrix', 'Each service asks for everything.', rightsHold),
  rotationUnderLoad,
  intermediateRenewal,
  compromise,
  drillOf('snapshot-restore', 'Both Vaults are made again out of snapshots.', snapshotsRestore),
];
