/** A site on PostgreSQL and MinIO, one verified backup of it, and what every drill of backups looks at afterwards. */
import { join, resolve } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import {
  listBackups,
  pruneBackups,
  restoreBackup,
  runBackup,
  targetStatus,
  verifyBackup,
  type OnProgress,
  type RunReport,
} from '@homepage/backup';
import {
  openDatabase,
  openStorage,
  Problem,
  readSettings,
  storageLocation,
  type Database,
  type DatabaseServer,
  type Settings,
  type Storage,
  type StorageLocation,
} from '@homepage/platform';
import { migrate, prepareTemplate, saveEntry, type Tables } from '@homepage/site';
import { makeEntry } from '@homepage/testkit';
import {
  makeAuthority,
  makeNetwork,
  startMinio,
  startPostgresql,
  type MinioServer,
  type PostgresqlServer,
} from '@homepage/testkit/services';
import type { Drill, Length, Outcome } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';

const repository = resolve(import.meta.dirname, '../../..');
const POSTS = { short: 50, full: 500 };

export type Scene = {
  server: PostgresqlServer;
  minio: MinioServer;
  /** where the good backup is */
  target: StorageLocation;
  settings: Settings;
  /** with the rights of the owner */
  owner: Database<Tables>;
  storage: Storage;
  length: Length;
  /** id of the good backup */
  good: string;
  /** the same store by another address or key */
  at(changes: { endpoint?: string; bucket?: string; secretKey?: string; prefix?: string }): StorageLocation;
  run(to?: StorageLocation[], onProgress?: OnProgress): Promise<RunReport>;
  verify(from?: StorageLocation, changes?: Partial<Settings>): Promise<unknown>;
  restore(from?: StorageLocation, changes?: Partial<Settings>): Promise<unknown>;
};

/** @returns what was not as promised, and a sentence for the table */
export type Act = (scene: Scene) => Promise<{ broken: string[]; detail: string }>;

export function drillOf(name: string, about: string, act: Act): Drill {
  return {
    name,
    about,
    async run(say, length) {
      const network = ownsItsNetwork() ? makeNetwork() : undefined;
      const folder = mkdtempSync(join(tmpdir(), 'homepage-drill-'));
      say('starting PostgreSQL and MinIO …');
      let close = async (): Promise<void> => {};
      try {
        const opened = await open(folder, length);
        close = opened.close;
        return await judge(opened.scene, act);
      } finally {
        await close();
        rmSync(folder, { recursive: true, force: true });
        network?.remove();
      }
    },
  };
}

/** The code that work failed with; "none" when it did not. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

/** The code of the first target that failed. */
export function codeIn({ targets }: RunReport): string {
  const failed = targets.find(({ ok }) => !ok);
  if (!failed) return 'none';
  return failed.error instanceof Problem ? failed.error.code : String(failed.error);
}

export const expectCode = (what: string, actual: string, expected: string): string[] =>
  actual === expected ? [] : [`${what} ended with ${actual} instead of ${expected}`];

/** In each drill: the good backup is still what a restore would take, or a newer proven one; the site is as it was. */
async function judge(scene: Scene, act: Act): Promise<Outcome> {
  const rows = await rowsOf(scene);
  const { broken, detail } = await act(scene);
  const status = await targetStatus(scene.target);
  if (!status.ok || status.restorable === null) broken.push('afterwards nothing was said to be restorable');
  else if (status.restorable.id < scene.good)
    broken.push('afterwards an older backup was taken for the best');
  if (
    !(await listBackups(scene.target)).some(({ id, verifiedAt }) => id === scene.good && verifiedAt !== null)
  )
    broken.push('the good backup was gone');
  const lost = rows - (await rowsOf(scene));
  const began = performance.now();
  const again = codeIn(await scene.run());
  if (again !== 'none') broken.push(`the next run failed: ${again}`);
  const proof = await codeOf(scene.verify());
  if (proof !== 'none') broken.push(`the next backup was not proven: ${proof}`);
  const recoverySeconds = (performance.now() - began) / 1000;
  const now = new Date(Date.now() + 2 * 86_400_000);
  await pruneBackups({ settings: scene.settings, location: scene.target, now, dryRun: false });
  const left = (await listBackups(scene.target)).filter(({ complete }) => !complete);
  if (left.length > 0) broken.push(`after pruning ${left.length} unfinished backups were left`);
  return { requests: 0, failed: 0, lost, recoverySeconds, detail, broken };
}

async function rowsOf({ owner }: Scene): Promise<number> {
  const { count } = await owner.db
    .selectFrom('entries')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

async function open(folder: string, length: Length): Promise<{ scene: Scene; close(): Promise<void> }> {
  const authority = await makeAuthority();
  const [server, minio, template] = await Promise.all([
    startPostgresql(authority),
    startMinio(),
    prepareTemplate(join(repository, '.cache')),
  ]);
  const signIn = async (name: string, user: string): Promise<DatabaseServer> => {
    const bundle = await authority.issue({ name, purpose: 'client' });
    const tls = { cert: bundle['tls.crt'], key: bundle['tls.key'], ca: bundle['ca.crt'] };
    return { ...server.connection(user), tls };
  };
  const connect = (to: DatabaseServer): Promise<Database<Tables>> =>
    openDatabase<Tables>({ server: to, dataDir: folder, command: 'drill', mode: 'share' });
  const databaseOwner = await signIn('homepage-migrate', 'homepage_owner');
  const owner = await connect(databaseOwner);
  await migrate(owner.db);
  const storage = await openStorage({ dataDir: folder, storage: minio.connection });
  for (let post = 0; post < POSTS[length]; post++)
    await saveEntry(owner.db, makeEntry({ slug: `post-${post}`, markdown: `Text ${post}. `.repeat(500) }));
  const settings: Settings = {
    ...readSettings({ DATA_DIR: folder, SECRETS_DIR: 'none' }, repository),
    database: await signIn('homepage-backup', 'homepage_backup'),
    databaseOwner,
  };
  const at: Scene['at'] = (changes) => {
    const { endpoint, bucket, accessKey, secretKey, prefix } = {
      prefix: 'backups-of-site',
      ...minio.connection,
      ...changes,
    };
    const address = `s3://${accessKey}:${secretKey}@${bucket}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`;
    return storageLocation(address)!;
  };
  const target = at({});
  const program = 'drill';
  const serve = join(repository, 'apps/api/bin/serve.js');
  const scene: Scene = {
    server,
    minio,
    target,
    settings,
    owner,
    storage,
    length,
    good: '',
    at,
    async run(targets = [target], onProgress = () => {}) {
      const database = await connect(settings.database!);
      try {
        return await runBackup({
          settings,
          database,
          storage,
          targets,
          reason: 'scheduled',
          program,
          onProgress,
        });
      } finally {
        await database.close();
      }
    },
    verify: (location = target, changes = {}) =>
      verifyBackup({
        settings: { ...settings, ...changes },
        location,
        choice: 'latest',
        program,
        serve,
        template,
      }),
    restore: (location = target, changes = {}) =>
      restoreBackup({
        settings: { ...settings, ...changes },
        database: owner,
        storage,
        location,
        choice: 'latest',
        program,
        template,
        safety: [],
        confirm: async () => true,
      }),
  };
  ({ id: scene.good } = await scene.run());
  await scene.verify();
  return {
    scene,
    async close() {
      await owner.close();
      storage.close();
      await Promise.all([server.remove(), minio.remove()]);
    },
  };
}
