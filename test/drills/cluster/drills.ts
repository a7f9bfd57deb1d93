/** Every drill of `npm run drill -- cluster`, in the order in which they run: one of several servers is lost. */
import type { Drill } from '../outcome.ts';
import { minioNodeLost } from './minio.ts';
import { moveToHa } from './move.ts';
import { valkeyFailover } from './valkey.ts';
import { vaultLeaderLost } from './vault.ts';

export const drills: Drill[] = [valkeyFailover, vaultLeaderLost, minioNodeLost, moveToHa];
