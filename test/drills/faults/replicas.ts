/** API processes that die, are replaced, or have another idea of the time. */
import { once } from 'node:events';
import { faketimeLibrary } from './faketime.ts';
import { makeNextRelease } from './next-release.ts';
import { drillOf } from './under-load.ts';

export const replicas = [
  drillOf({
    name: 'kill-replica',
    about: 'One of two replicas is killed in the middle of its answers, and started again.',
    async make({ platform, hold, over }) {
      const { process: child } = platform.replicas[0]!;
      child.kill('SIGKILL');
      await once(child, 'exit');
      await hold();
      over();
      await platform.startReplica(1);
    },
  }),
  drillOf({
    name: 'rolling-restart',
    about: 'Both replicas are stopped in order and started again, one after the other.',
    async make({ platform }) {
      for (const number of [1, 2]) {
        await platform.replicas[number - 1]!.stop();
        await platform.startReplica(number);
      }
    },
  }),
  drillOf({
    name: 'clock-ahead',
    about: 'The clock of one replica is a day ahead of everybody else’s.',
    replicaEnv: (number): Record<string, string> =>
      number === 1
        ? { LD_PRELOAD: faketimeLibrary(), FAKETIME: '+1d', FAKETIME_DONT_FAKE_MONOTONIC: '1' }
        : {},
    async make({ platform: { replicas, fetch }, hold }) {
      await hold();
      const { headers } = await fetch(`${replicas[0]!.address}/about`);
      const hours = (Date.parse(headers.get('date')!) - Date.now()) / 3_600_000;
      if (hours < 23) throw new Error('The clock of the replica was not ahead.');
    },
  }),
  drillOf({
    name: 'schema-change',
    about: 'The schema is changed, the next release starts beside this one, takes over, and is taken back.',
    async make({ platform, hold, say }) {
      const next = makeNextRelease();
      try {
        await platform.migrateWith(next.path);
        say('the new schema is there; this release goes on …');
        await hold();
        await platform.replicas[0]!.stop();
        await platform.startReplica(1, { repository: next.path });
        say('both releases run side by side …');
        await hold();
        await platform.replicas[1]!.stop();
        await platform.startReplica(2, { repository: next.path });
        say('and back to this release …');
        for (const number of [1, 2]) {
          await platform.replicas[number - 1]!.stop();
          await platform.startReplica(number);
        }
      } finally {
        next.remove();
      }
    },
  }),
];
