/** A site on PostgreSQL and MinIO, one verified backup of it, and what every drill of backups looks at afterwards. */
import { join, resolve } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  /** a prepared embedded database */
  template: string;
  /** id of the good backup */
  good: string;
  /** the same store by another address or key */
  at(changes: { endpoint?: string; bucket?: string; secretKey?: string; prefix?: string }): StorageLocation;
  run(to?: StorageLocation[], onProgress?: OnProgress): Promise<RunReport>;
  verify(from?: StorageLocation, changes?: Partial<Settings>, id?: string): Promise<unknown>;
  restore(from?: StorageLocation, changes?: Partial<Settings>): Promise<unknown>;
  /** the command line, as a job has it: what it signs in with lies in files */
  homepage(args: string[], env?: Record<string, string>): ChildProcess;
};

/** @returns what was not as promised, and a sentence for the table */
export type Act = (scene: Scene) => Promise<{
  broken: string[];
  detail: string;
  /** of what the drill is about; without it, until the next backup was made and proven */
  recoverySeconds?: number;
}>;

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
  const { broken, detail, ...told } = await act(scene);
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
  const recoverySeconds = told.recoverySeconds ?? (performance.now() - began) / 1000;
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
    const { prefix, ...target } = { prefix: 'backups-of-site', ...minio.connection, ...changes };
    return { kind: 's3', name: `s3://${target.bucket}/${prefix}`, prefix, target };
  };
  const target = at({});
  const secrets = join(folder, 'secrets');
  writeSecrets(secrets, settings.database!, minio.connection, target);
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
    template,
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
    verify: (location = target, changes = {}, id = undefined) =>
      verifyBackup({
        settings: { ...settings, ...changes },
        location,
        choice: id === undefined ? 'latest' : { id },
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
    homepage: (args, env = {}) =>
      spawn(process.execPath, [join(repository, 'apps/ops/src/main.ts'), ...args], {
        env: { PATH: process.env['PATH'], DATA_DIR: folder, SECRETS_DIR: secrets, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
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

/** As BACKUP_TO has it; without keys, as a command line should. */
export function addressOf(location: StorageLocation, { keys = true } = {}): string {
  if (location.kind === 'files') return location.name;
  const { accessKey, secretKey, bucket, endpoint } = location.target;
  const signIn = keys ? `${accessKey}:${secretKey}@` : '';
  return `s3://${signIn}${bucket}/${location.prefix}?endpoint=${encodeURIComponent(endpoint)}`;
}

/** As Vault's agent writes them beside the job. */
function writeSecrets(
  folder: string,
  { tls, ...database }: DatabaseServer,
  storage: MinioServer['connection'],
  target: StorageLocation,
): void {
  mkdirSync(folder);
  for (const [name, content] of Object.entries({
    'tls.crt': tls!.cert,
    'tls.key': tls!.key,
    'ca.crt': tls!.ca,
    'database.json': JSON.stringify(database),
    'storage.json': JSON.stringify(storage),
    'backup-to': `${addressOf(target)}\n`,
  }))
    writeFileSync(join(folder, name), content, { mode: 0o600 });
}
