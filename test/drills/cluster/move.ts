/**
 * The move from prod to prod-ha (docs/scale.md), rehearsed: the site goes to another PostgreSQL while visitors read and write.
 * What is not for writing any more goes on being read; the downtime is the writers' alone.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from '@homepage/testkit';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { makeNetwork, startPostgresql, type PostgresqlServer } from '@homepage/testkit/services';
import type { Drill, Outcome } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';
import { missing } from '../faults/under-load.ts';
import { Visitors } from '../faults/visitors.ts';

const CALM_MS = { short: 2_000, full: 8_000 };
const TAKEN_WITHIN_MS = 30_000;
/** A line for each table: its name, and a hash of all of its rows, in whatever order they are. What migrations wrote is each server's own. */
const LEDGER = `select format('%s %s', t.name, (xpath('/row/hash/text()', query_to_xml(format(
    $q$select md5(coalesce(string_agg(md5(x::text), ' ' order by md5(x::text)), '')) as hash from %I x$q$, t.name
  ), false, true, '')))[1])
  from (select tablename as name from pg_tables where schemaname = 'public') t
  where t.name not in ('content_version', 'kysely_migration', 'kysely_migration_lock') order by 1`;

export const moveToHa: Drill = {
  name: 'move-to-ha',
  about: 'The site moves to another PostgreSQL while visitors read and write, as from prod to prod-ha.',
  async run(say, length) {
    const network = ownsItsNetwork() ? makeNetwork() : undefined;
    const folder = makeFolder();
    let platform: Platform | undefined;
    let target: PostgresqlServer | undefined;
    try {
      say('starting a platform, and the PostgreSQL to move to …');
      platform = await startPlatform({ trustedProxies: [network?.range ?? '127.0.0.0/8'], network });
      const host = network && (await network.addHost());
      target = await startPostgresql(platform.authority, { host });
      const visitors = new Visitors(platform);
      await visitors.begin();
      await wait(CALM_MS[length]);
      const move = new Move(platform, target, folder.path);
      say('the first copy, while everybody writes …');
      await move.prepare();
      await move.copy();
      await wait(CALM_MS[length]);
      say('nobody writes from now on; the last copy …');
      const start = performance.now();
      move.endWrites();
      await move.copy();
      const differ = move.differences();
      say('the switch …');
      await move.switchOver();
      const taken = await untilWritten(visitors);
      const downtime = (performance.now() - start) / 1000;
      await wait(CALM_MS[length]);
      const seen = await visitors.end();
      say(`writes were refused for ${downtime.toFixed(1)} s`);
      // The API's own secrets name the new one by now.
      const lost = await missing(platform, seen.writes.acknowledged);
      return {
        requests: seen.reads + seen.unread.answered + seen.unread.unavailable + seen.unread.failed.length,
        failed: seen.failedReads.length + seen.unread.failed.length,
        lost,
        recoverySeconds: downtime,
        detail:
          `Nothing could be written for ${downtime.toFixed(1)} s; ${seen.reads} reads went on, the slowest ${seen.slowestReadSeconds.toFixed(1)} s. ` +
          `${seen.writes.acknowledged.length} messages were taken, each is in the new database once; ${seen.writes.refused} were refused. ` +
          `Before the switch all ${move.tables} tables with content were ${differ.length === 0 ? 'the same, row by row' : 'compared'}.`,
        broken: [
          ...differ.map((table) => `${table} differed`),
          ...(taken ? [] : ['no message was taken after the switch']),
          ...seen.failedReads.slice(0, 5),
          ...seen.unread.failed.slice(0, 5),
        ],
      } satisfies Outcome;
    } finally {
      await platform?.stop();
      await target?.remove();
      network?.remove();
      folder.remove();
    }
  },
};

/** The steps of docs/scale.md, each as the command that it names. */
class Move {
  tables = 0;
  readonly #platform: Platform;
  readonly #target: PostgresqlServer;
  readonly #copies: string;
  /** what a command signs in to the new server with */
  readonly #secrets: string;

  constructor(platform: Platform, target: PostgresqlServer, folder: string) {
    this.#platform = platform;
    this.#target = target;
    this.#copies = `file://${join(folder, 'copies')}`;
    this.#secrets = join(folder, 'secrets');
    cpSync(platform.secrets.migrate, this.#secrets, { recursive: true });
    writeFileSync(join(this.#secrets, 'database.json'), JSON.stringify(target.connection('homepage_owner')), {
      mode: 0o600,
    });
  }

  async prepare(): Promise<void> {
    await this.#homepage(['migrate'], { SECRETS_DIR: this.#secrets });
  }

  /** A backup, proven by restoring it, is written over the new server. */
  async copy(): Promise<void> {
    await this.#homepage(['backup', 'run', '--to', this.#copies]);
    await this.#homepage(
      ['backup', 'restore', 'latest', '--from', this.#copies, '--yes', '--no-safety-backup'],
      { SECRETS_DIR: this.#secrets },
    );
  }

  /** New transactions may only read; those that are under way end. */
  endWrites(): void {
    const { postgresql } = this.#platform;
    postgresql.sql('alter database homepage set default_transaction_read_only = on');
    postgresql.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'homepage' and pid <> pg_backend_pid()",
    );
  }

  /** @returns the tables that are not the same, or must not be */
  differences(): string[] {
    const [source, target] = [this.#platform.postgresql, this.#target].map((server) =>
      server.sql(LEDGER).split('\n'),
    );
    this.tables = source!.length;
    const differ = source!.filter((line) => !target!.includes(line)).map((line) => line.split(' ')[0]!);
    // Pages that are kept under a number of the old one must not pass for those of the new one.
    const [before, after] = [this.#platform.postgresql, this.#target].map((server) =>
      Number(server.sql('select version from content_version')),
    );
    return after! > before! ? differ : [...differ, 'content_version'];
  }

  async switchOver(): Promise<void> {
    const connection = this.#target.connection('homepage_app');
    await this.#platform.rotate({ 'database.json': JSON.stringify(connection) });
  }

  async #homepage(args: string[], env: Record<string, string> = {}): Promise<void> {
    const { code, stderr } = await this.#platform.homepage(args, 'migrate', env);
    if (code !== 0) throw new Error(`homepage ${args.join(' ')} ended with ${code}: ${stderr}`);
  }
}

async function untilWritten(visitors: Visitors): Promise<boolean> {
  for (let waited = 0; waited < TAKEN_WITHIN_MS; waited += 50) {
    if (await visitors.write()) return true;
    await wait(50);
  }
  return false;
}
