/** Every drill of `npm run drill -- overload`, in the order in which they run. */
import type { Drill } from '../outcome.ts';
import { floodOfErrors } from './flood-of-errors.ts';
import { hotKey } from './hot-key.ts';
import { idleConnections } from './idle-connections.ts';
import { oneAddress } from './one-address.ts';
import { overload } from './overload.ts';
import { drillOf } from './scene.ts';
import { slowVisitors } from './slow-visitors.ts';
import { stampede } from './stampede.ts';

export const drills: Drill[] = [
  drillOf('overload', 'Ten times as many questions as can be answered come for a minute.', overload),
  drillOf('one-address', 'One address asks for as much as it can, while others read.', oneAddress),
  drillOf('slow-visitors', 'Hundreds send or read a letter at a time.', slowVisitors),
  drillOf('idle-connections', 'Ten thousand connections are opened and kept.', idleConnections),
  drillOf('stampede', 'Everything becomes outdated while a thousand visitors read.', stampede),
  drillOf('hot-key', 'Valkey loses what everybody reads, then has no memory left.', hotKey),
  drillOf('flood-of-errors', 'Thousands of different mistakes, then thousands of failures.', floodOfErrors),
];
