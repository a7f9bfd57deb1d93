/** Servers that die, hang, and come back. */
import { setTimeout as wait } from 'node:timers/promises';
import { drillOf } from './under-load.ts';

export const servers = [
  drillOf({
    name: 'kill-valkey',
    about: 'Valkey is killed, and started again empty.',
    async make({ platform: { valkey }, hold, over }) {
      await valkey.service.kill();
      await hold();
      over();
      await valkey.service.start();
    },
  }),
  drillOf({
    name: 'freeze-valkey',
    about: 'Valkey stands still (SIGSTOP): it is there and does not answer.',
    async make({ platform: { valkey }, hold, over }) {
      valkey.service.freeze();
      await hold();
      over();
      valkey.service.thaw();
    },
  }),
  drillOf({
    name: 'stop-postgresql',
    about: 'PostgreSQL is stopped, and started again.',
    async make({ platform: { postgresql }, hold, over }) {
      await postgresql.service.stop();
      await hold();
      over();
      await postgresql.service.start();
    },
  }),
  drillOf({
    name: 'crash-postgresql',
    about: 'PostgreSQL is killed in the middle of its work, and recovers from its log.',
    async make({ platform: { postgresql }, hold, over }) {
      await postgresql.service.kill();
      await hold();
      over();
      await postgresql.service.start();
    },
  }),
  drillOf({
    name: 'freeze-postgresql',
    about: 'PostgreSQL stands still (SIGSTOP): connections are open and nothing comes back.',
    async make({ platform: { postgresql }, hold, over }) {
      postgresql.service.freeze();
      await hold();
      over();
      postgresql.service.thaw();
    },
  }),
  drillOf({
    name: 'restart-postgresql',
    about: 'PostgreSQL is restarted, as by an update.',
    async make({ platform: { postgresql }, over }) {
      await postgresql.service.stop();
      over();
      await postgresql.service.start();
    },
  }),
  drillOf({
    name: 'kill-minio',
    about: 'MinIO is killed, and started again.',
    async make({ platform: { minio }, hold, over }) {
      await minio.service.kill();
      await hold();
      over();
      await minio.service.start();
    },
  }),
  drillOf({
    name: 'valkey-then-postgresql',
    about: 'Valkey is killed, then PostgreSQL too; both are started again.',
    async make({ platform: { valkey, postgresql }, hold, over }) {
      await valkey.service.kill();
      await wait(1_000);
      await postgresql.service.kill();
      await hold();
      over();
      await postgresql.service.start();
      await valkey.service.start();
    },
  }),
];
