/**
 * What the targets themselves show, once a minute: a job that died is seen by times that stand still, wherever it ran.
 * Nothing is reported of what never happened.
 */
import { Gauge, type Registry } from 'prom-client';
import type { BackupWatch, TargetStatus } from '@homepage/backup/watch';

const inSeconds = (time: Date | null | undefined): number | null => (time ? time.getTime() / 1000 : null);

const VALUES: [name: string, help: string, value: (status: TargetStatus) => number | null][] = [
  ['homepage_backup_target_up', '1 when the target answered at the last look.', ({ ok }) => (ok ? 1 : 0)],
  [
    'homepage_backup_last_success_timestamp_seconds',
    'When the newest complete backup was begun.',
    ({ lastBackupAt }) => inSeconds(lastBackupAt),
  ],
  [
    'homepage_backup_last_verified_timestamp_seconds',
    'When a backup was last restored and found to be the same.',
    ({ lastVerifiedAt }) => inSeconds(lastVerifiedAt),
  ],
  [
    'homepage_backup_restorable_timestamp_seconds',
    'When the newest verified backup was begun: what a restore would bring back.',
    ({ restorable }) => inSeconds(restorable?.at),
  ],
  ['homepage_backup_size_bytes', 'Of the newest backup, without pictures.', ({ bytes }) => bytes],
  [
    'homepage_backup_duration_seconds',
    'Of the newest backup, from its snapshot until it was stored.',
    ({ seconds }) => seconds,
  ],
  ['homepage_backups', 'Complete backups in the target.', ({ backups }) => backups],
];

export function measureBackups(watch: BackupWatch, registry: Registry): void {
  for (const [name, help, value] of VALUES) {
    new Gauge({
      name,
      help,
      labelNames: ['target'],
      registers: [registry],
      collect() {
        this.reset();
        for (const status of watch.targets()) {
          const now = value(status);
          if (now !== null) this.set({ target: status.target }, now);
        }
      },
    });
  }
  new Gauge({
    name: 'homepage_backup_failures',
    help: 'In the last seven days, by what was being done.',
    labelNames: ['target', 'stage'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { target, failures } of watch.targets())
        for (const { stage } of failures) this.inc({ target, stage });
    },
  });
}
