import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutRootsPowers, type Host } from '@homepage/testkit/services';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explainDatabaseError } from './explain.ts';
import { openDatabase, type OpenOptions } from './open.ts';
import { isLocked, lockFolder } from './lock.ts';
import { socketFile, socketFolder } from './pglite/socket-folder.ts';
import { OtherProcess, testDataFolder, testTemplate } from './test-database.ts';

let dataDir: string;
const others: OtherProcess[] = [];

beforeEach(async () => {
  dataDir = await testDataFolder();
});
afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.kill()));
  rmSync(socketFolder(dataDir), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

function other(host?: Host): OtherProcess {
  const process = new OtherProcess(host);
  others.push(process);
  return process;
}

const own = (): OpenOptions => ({ dataDir, command: 'homepage serve', mode: 'own' });
const share = (): OpenOptions => ({ dataDir, command: 'homepage import', mode: 'share' });

describe('two processes on one data folder', () => {
  test('the second owner is told who holds the folder', async () => {
    const site = other();
    await site.open(own());
    await expect(openDatabase({ ...own(), command: 'another' })).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      message: `The data folder ${dataDir} is in use by another process.`,
      fix: expect.stringMatching(
        new RegExp(
          `^It is process ${site.child.pid} \\(homepage serve, since 20.*\\)\\. Stop it, or set DATA_DIR`,
        ),
      ),
    });
  });

  test('a command shares the database of the running site', async () => {
    const site = other();
    await site.open(own());
    await site.query('create table notes (text text)');
    const command = await openDatabase(share());
    expect(command.shared).toBe(true);
    await sql`insert into notes values ('from the command')`.execute(command.db);
    await command.close();
    expect(await site.query('select text from notes')).toEqual([{ text: 'from the command' }]);
  });

  test('two that open at the same moment share one database', async () => {
    const commands = [other(), other(), other()];
    const opened = await Promise.all(commands.map((command) => command.open(share())));
    expect(opened.filter(({ shared }) => !shared)).toHaveLength(1);
    await commands[0]!.query('create table notes (text text)');
    await Promise.all(
      commands.map((command, index) => command.query(`insert into notes values ('${index}')`)),
    );
    expect(await commands[1]!.query('select text from notes order by text')).toEqual([
      { text: '0' },
      { text: '1' },
      { text: '2' },
    ]);
  });

  test('concurrent writers lose no row, and their transactions do not mix', async () => {
    const [site, command] = [other(), other()];
    await site.open(own());
    await site.query('create table parts (number int, part int)');
    await command.open(share());
    await Promise.all([site.writeTransactions(0, 150), command.writeTransactions(1000, 150)]);
    const rows = await site.query(
      'select number, count(*)::int as parts from parts group by number order by number',
    );
    const numbers = [...Array(150).keys(), ...Array.from({ length: 150 }, (_, index) => 1000 + index)];
    expect(rows).toEqual(
      numbers.filter((number) => number % 3 !== 0).map((number) => ({ number, parts: 3 })),
    );
  });

  test('a command that owns the database stays until its guest is done', async () => {
    const [first, second] = [other(), other()];
    expect(await first.open(share())).toEqual({ shared: false });
    await first.query('create table notes (text text)');
    expect(await second.open(share())).toEqual({ shared: true });
    let closed = false;
    const closing = first.close().then(() => (closed = true));
    await second.query(`insert into notes values ('late')`);
    expect(closed).toBe(false);
    expect(await second.query('select text from notes')).toEqual([{ text: 'late' }]);
    await second.close();
    await closing;
    expect(isLocked(dataDir)).toBe(false);
  });

  test('who has to stay says so, once', async () => {
    let said = 0;
    const first = await openDatabase({ ...share(), onLinger: () => said++ });
    const guest = other();
    await guest.open(share());
    const closing = first.close();
    while (said === 0) await new Promise((done) => setTimeout(done, 10));
    await guest.close();
    await closing;
    const alone = await openDatabase({ ...share(), onLinger: () => said++ });
    await alone.close();
    expect(said).toBe(1);
  });

  test('who waits for a folder opens it when its holder leaves', async () => {
    const lock = lockFolder(dataDir, 'something that never answers')!;
    const waiting = openDatabase(share());
    setTimeout(() => lock.release(), 300);
    const database = await waiting;
    expect(database.shared).toBe(false);
    await database.close();
  });
});

describe('a process that is killed', () => {
  test('in the middle of writes loses no acknowledged write and leaves the folder free', async () => {
    const site = other();
    await site.open(own());
    await site.query('create table ledger (number int primary key, text text)');
    site.writeForever().catch(() => {});
    while (site.acknowledged.length < 300) await new Promise((done) => setTimeout(done, 10));
    await site.kill();
    expect(isLocked(dataDir)).toBe(false);
    const { db, close } = await openDatabase<{ ledger: { number: number; text: string } }>(own());
    const stored = new Set(
      (await db.selectFrom('ledger').select('number').execute()).map(({ number }) => number),
    );
    await close();
    expect(site.acknowledged.filter((number) => !stored.has(number))).toEqual([]);
  });

  test('inside a transaction is rolled back, and the others go on', async () => {
    const [site, command] = [other(), other()];
    await site.open(own());
    await site.query('create table notes (text text)');
    await command.open(share());
    await command.hold(`insert into notes values ('never committed')`);
    const waiting = site.query(`insert into notes values ('after')`);
    await command.kill();
    await waiting;
    expect(await site.query('select text from notes')).toEqual([{ text: 'after' }]);
  });

  test('as the owner tells its guests that the database is gone', async () => {
    const site = other();
    await site.open(own());
    const command = await openDatabase(share());
    await site.kill();
    const error = await sql`select 1`.execute(command.db).catch((error: unknown) => error);
    expect(explainDatabaseError(error)?.code).toMatch(/^DATABASE_(GONE|AWAY)$/);
    await command.close();
  });
});

describe('the socket', () => {
  test('is for its user alone', async () => {
    const { close } = await openDatabase(own());
    expect(statSync(socketFile(dataDir)).mode & 0o777).toBe(0o600);
    await close();
    expect(existsSync(socketFile(dataDir))).toBe(false);
  });

  test('of a long path is in a private folder of the temporary folder', async () => {
    rmSync(dataDir, { recursive: true });
    dataDir = join(mkdtempSync(join(tmpdir(), 'homepage-test-')), 'a-long-name-'.repeat(9), 'ä'.repeat(20));
    const { close } = await openDatabase({ ...own(), template: await testTemplate() });
    expect(socketFolder(dataDir).startsWith(tmpdir())).toBe(true);
    expect(statSync(socketFolder(dataDir)).mode & 0o777).toBe(0o700);
    const command = other();
    expect(await command.open(share())).toEqual({ shared: true });
    await command.close();
    await close();
  });

  test('is not put into a folder that others may write', async () => {
    rmSync(dataDir, { recursive: true });
    dataDir = join(mkdtempSync(join(tmpdir(), 'homepage-test-')), 'a-long-name-'.repeat(9));
    mkdirSync(socketFolder(dataDir), { mode: 0o777 });
    await expect(openDatabase(own())).rejects.toMatchObject({ code: 'SOCKET_FOLDER_UNSAFE' });
  });
});

describe('a data folder that cannot be used', () => {
  test('a template that was half copied is not taken for a database', async () => {
    rmSync(join(dataDir, 'database'), { recursive: true });
    mkdirSync(join(dataDir, 'database.new'));
    writeFileSync(join(dataDir, 'database.new', 'PG_VERSION'), '18\n');
    const { db, close } = await openDatabase({ ...own(), template: await testTemplate() });
    await sql`select 1`.execute(db);
    await close();
    expect(existsSync(join(dataDir, 'database.new'))).toBe(false);
  });

  test('a file in its place is named', async () => {
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, '');
    await expect(openDatabase(own())).rejects.toMatchObject({
      code: 'DATA_FOLDER_READ_ONLY',
      message: `The data folder ${dataDir} is not a folder.`,
      fix: 'Move that file away, or set DATA_DIR to another folder.',
    });
  });

  test('one that may not be written is named', async () => {
    chmodSync(join(dataDir, 'database'), 0o555);
    const powerless = other(withoutRootsPowers);
    await expect(powerless.open({ ...own(), dataDir: join(dataDir, 'database') })).rejects.toMatchObject({
      code: 'DATA_FOLDER_READ_ONLY',
      fix: 'Give this user write permission on it, or set DATA_DIR to another folder.',
    });
  });

  test('a database that is damaged is named, and the folder is free again', async () => {
    rmSync(join(dataDir, 'database', 'global'), { recursive: true });
    await expect(openDatabase(own())).rejects.toMatchObject({ code: 'DATABASE_UNREADABLE' });
    expect(isLocked(dataDir)).toBe(false);
  });

  test('a copy of a data folder opens like the folder', async () => {
    const first = await openDatabase(own());
    await sql`create table notes (text text)`.execute(first.db);
    await first.close();
    const copy = `${dataDir}-copy`;
    cpSync(dataDir, copy, { recursive: true });
    const second = await openDatabase({ ...own(), dataDir: copy });
    await sql`insert into notes values ('in the copy')`.execute(second.db);
    await second.close();
    rmSync(copy, { recursive: true });
  });
});
