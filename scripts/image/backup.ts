/** What the backup jobs of the cluster have around their image: PostgreSQL, MinIO, and the secret files that Vault's agent writes. */
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@homepage/platform';
import { migrate, saveEntry, type Tables } from '@homepage/site';
import { makeEntry } from '@homepage/testkit';
import {
  makeAuthority,
  makeOwnFolder,
  startMinio,
  startPostgresql,
  writeWhole,
} from '@homepage/testkit/services';
import { parse } from 'yaml';
import { USER } from './backend.ts';

/** Jobs by the files of their manifests: backup makes one, verify fetches it again and restores it, prune removes what is old. */
type Job = 'backup' | 'verify' | 'prune';

export type BackupPlace = {
  /** what the container is started with, as its manifest says, but for the folder of secrets */
  containers: Record<Job, { args: string[]; env: Record<string, string> }>;
  /** folders of secret files, which the image's user may read */
  secrets: Record<Job, string>;
  remove(): Promise<void>;
};

/** A site with one post, on servers of this machine. @throws Problem PROGRAM_MISSING */
export async function makeBackupPlace(repository: string): Promise<BackupPlace> {
  const authority = await makeAuthority();
  const [server, minio] = await Promise.all([startPostgresql(authority), startMinio()]);
  const folder = makeOwnFolder('backup-jobs');
  const remove = async (): Promise<void> => {
    await Promise.all([server.remove(), minio.remove()]);
    folder.remove();
  };
  try {
    const issue = (name: string) => authority.issue({ name, purpose: 'client' });
    const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = await issue('homepage-migrate');
    const { db, close } = await openDatabase<Tables>({
      server: { ...server.connection('homepage_owner'), tls: { cert, key, ca } },
      dataDir: folder.path,
      command: 'image',
      mode: 'share',
    });
    try {
      await migrate(db);
      await saveEntry(db, makeEntry({ slug: 'kept', markdown: 'Kept. '.repeat(500) }));
    } finally {
      await close();
    }
    const { endpoint, bucket, accessKey, secretKey } = minio.connection;
    const to = `s3://${accessKey}:${secretKey}@${bucket}/backups?endpoint=${encodeURIComponent(endpoint)}\n`;
    const owner = { uid: USER, gid: USER };
    const secretsOf = (job: Job, files: Record<string, string>): string => {
      const path = join(folder.path, job);
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, owner.uid, owner.gid);
      writeWhole(path, { 'backup-to': to, ...files }, owner);
      return path;
    };
    return {
      containers: {
        backup: containerOf(repository, 'backup'),
        verify: containerOf(repository, 'verify'),
        prune: containerOf(repository, 'prune'),
      },
      secrets: {
        backup: secretsOf('backup', {
          ...(await issue('homepage-backup')),
          'database.json': JSON.stringify(server.connection('homepage_backup')),
          'storage.json': JSON.stringify(minio.connection),
        }),
        verify: secretsOf('verify', await issue('homepage-backup-verify')),
        prune: secretsOf('prune', await issue('homepage-backup-prune')),
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Container = { args: string[]; env: { name: string; value?: string }[] };
type CronJob = {
  spec: { jobTemplate: { spec: { template: { spec: { containers: Container[] } } } } };
};

function containerOf(repository: string, job: Job): BackupPlace['containers'][Job] {
  const file = join(repository, `deploy/kubernetes/base/backup/${job}-cron-job.yaml`);
  const { spec } = parse(readFileSync(file, 'utf8')) as CronJob;
  const { args, env } = spec.jobTemplate.spec.template.spec.containers[0]!;
  const set = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  return { args, env: Object.fromEntries(set) as Record<string, string> };
}
