/** Every drill of `npm run drill -- faults`, in the order in which they run. */
import type { Drill } from '../outcome.ts';
import { certificates } from './certificates.ts';
import { disks } from './disks.ts';
import { networks } from './networks.ts';
import { replicas } from './replicas.ts';
import { servers } from './servers.ts';

export const drills: Drill[] = [...servers, ...replicas, ...disks, ...networks, ...certificates];
