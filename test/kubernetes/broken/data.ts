/** Of [checks/data.ts](../checks/data.ts). */
import { change, inContainer, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 36,
    name: 'dev mode',
    breaks: inContainer('StatefulSet vault', ({ args }) => args.push('-dev')),
    message: /dev mode/,
  },
  {
    check: 36,
    name: 'Raft on nothing',
    breaks: change('StatefulSet vault', ({ spec }) => delete spec.volumeClaimTemplates),
    message: /on no claim/,
  },
  {
    check: 38,
    name: 'passwords',
    breaks: change('ConfigMap postgresql', ({ data }) => {
      data['pg_hba.conf'] += 'host all all all scram-sha-256\n';
    }),
    message: /pg_hba\.conf has "host all/,
  },
  {
    check: 39,
    name: 'the mount of PostgreSQL 17',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/var/lib/postgresql/data'),
    ),
    message: /no claim is mounted/,
  },
  {
    check: 40,
    name: 'a plain port',
    breaks: change('ConfigMap valkey', ({ data }) => {
      data['valkey.conf'] = data['valkey.conf'].replace('port 0', 'port 6380');
    }),
    message: /takes plain connections/,
  },
  {
    check: 40,
    name: 'as much data as memory',
    breaks: inContainer('Deployment valkey', ({ resources }) => (resources.limits.memory = '192Mi')),
    message: /maxmemory is 192mb, of 192 MiB/,
  },
  {
    check: 41,
    name: 'jobs that overlap',
    breaks: change('CronJob backup', ({ spec }) => delete spec.concurrencyPolicy),
    message: /concurrencyPolicy is not/,
  },
  {
    check: 42,
    name: 'nobody restores',
    breaks: remove('CronJob backup-verify'),
    message: /nobody restores backups/,
  },
  {
    check: 42,
    name: 'once a day',
    breaks: change('CronJob backup', ({ spec }) => (spec.schedule = '0 3 * * *')),
    message: /it runs at 0 3/,
  },
  {
    check: 44,
    name: 'the class of K3s',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.storageClassName = 'local-path'),
    ),
    message: /local-path does not keep disks/,
  },
  {
    check: 44,
    name: 'a claim that GitOps removes',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => delete spec.volumeClaimTemplates[0].metadata.annotations,
    ),
    message: /GitOps may remove it/,
  },
  {
    check: 39,
    name: 'a folder that is prepared, and another one that is served',
    breaks: inContainer('StatefulSet postgresql', (container) => {
      container.env = [{ name: 'PGDATA', value: '/var/lib/postgresql/18/data' }];
    }),
    message: /looked for in another/,
  },
  {
    check: 41,
    name: 'a minute that no hour has',
    breaks: change('CronJob backup', ({ spec }) => (spec.schedule = '61 */6 * * *')),
    message: /schedule is not what it must be/,
  },
  {
    check: 44,
    name: 'a disk for many nodes',
    breaks: change(
      'StatefulSet postgresql',
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.accessModes = ['ReadWriteMany']),
    ),
    message: /a folder of one node/,
  },
  {
    check: 44,
    name: 'disks of nobody',
    breaks: change('StorageClass local-path-retain', (storage) => (storage.provisioner = 'rancher.io/local')),
    message: /nobody is rancher\.io\/local/,
  },
];
