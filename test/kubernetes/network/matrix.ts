import type { Connection } from './compare.ts';
import type { Party } from './evaluate.ts';
import type { World } from './world.ts';

/** Everybody on a cluster, those outside too, and the connections that are meant to be; names are those of the parties. */
export type Matrix = (world: World) => { parties: Party[]; edges: Connection[] };
