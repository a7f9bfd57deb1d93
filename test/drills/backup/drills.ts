/** Every drill of `npm run drill -- backup`, in the order in which they run. */
import type { Drill } from '../outcome.ts';
import { clockBack, daysOfFailures, killedDump, killedRuns, serverDies, tableAdded } from './dumps.ts';
import { cutManifest, flippedByte, targetsDisagree, wrongKey } from './objects.ts';
import { lostSite } from './rebuild.ts';
import { drillOf } from './scene.ts';
import { cutsOff, dies, fails, isRenamed, isSlow, refuses, runsFull } from './stores.ts';
import { newerRelease, otherServer } from './versions.ts';

export const drills: Drill[] = [
  drillOf('kill-dump', 'pg_dump is ended in the middle of its work.', killedDump),
  drillOf('kill-postgresql', 'PostgreSQL is killed while it is dumped.', serverDies),
  drillOf('kill-run', 'The whole run is killed (kill -9), at twenty random moments.', killedRuns),
  drillOf('kill-store', 'MinIO is killed during the upload.', dies),
  drillOf('store-fails', 'The store answers 500 to each upload.', fails),
  drillOf('store-refuses', 'The store does not take the key (403).', refuses),
  drillOf('store-cuts-off', 'The store ends the connection in the middle of an upload.', cutsOff),
  drillOf('store-slow', 'Each answer of the store comes a second late.', isSlow),
  drillOf('store-full', 'The disk of the store is full in the middle of an upload.', runsFull),
  drillOf('bucket-renamed', 'The bucket has another name now.', isRenamed),
  drillOf('flipped-byte', 'One bit of each object is flipped, one after the other.', flippedByte),
  drillOf('manifest-cut', 'Half of the manifest is missing.', cutManifest),
  drillOf('wrong-key', 'An encrypted backup is read with another key.', wrongKey),
  drillOf('targets-disagree', 'The backup in one of two targets is damaged.', targetsDisagree),
  drillOf('other-server', 'A backup is restored into a server of another version, and back.', otherServer),
  drillOf('newer-release', 'The backup is of a release that is newer than this one.', newerRelease),
  drillOf(
    'lost-site',
    'A site of 10,000 posts is gone; on a blank machine it is made again from its backup.',
    lostSite,
  ),
  drillOf('table-added', 'A migration adds a table during the dump.', tableAdded),
  drillOf('eight-bad-days', 'For eight days every backup fails, and pruning runs every day.', daysOfFailures),
  drillOf('clock-back', 'The clock goes back, by a day and by a year.', clockBack),
];
