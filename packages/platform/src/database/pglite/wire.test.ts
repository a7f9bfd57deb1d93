/** The server in front of PGlite, spoken to as a driver does and as a stranger might. */
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { testTemplate } from '../test-database.ts';
import { simpleQuery, startup } from './messages.ts';
import { createWireServer } from './wire.ts';

const folder = mkdtempSync(join(tmpdir(), 'homepage-wire-'));
const sockets: Socket[] = [];
const clients: pg.Client[] = [];
const broken: unknown[] = [];
let database: PGlite;
let server: Server;
const path = join(folder, '.s.PGSQL.5432');

beforeAll(async () => {
  cpSync(await testTemplate(), join(folder, 'database'), { recursive: true });
  database = await PGlite.create(join(folder, 'database'));
  const wire = await createWireServer(
    { send: (message, onRawData) => database.execProtocolRawStream(message, { onRawData }) },
    { stallMs: 300, onBroken: (error) => broken.push(error) },
  );
  ({ server } = wire);
  server.listen(path);
  await once(server, 'listening');
  await (await client()).query('create table notes (id int, text text)');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.end()));
  sockets.splice(0).forEach((socket) => socket.destroy());
  expect(broken).toEqual([]);
  const after = await client();
  expect((await after.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await after.query('truncate notes');
});
afterAll(async () => {
  server.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function client(): Promise<pg.Client> {
  const made = new pg.Client({ host: folder, port: 5432, user: 'postgres', database: 'postgres' });
  made.on('error', () => {});
  await made.connect();
  clients.push(made);
  return made;
}

/** A bare connection and everything that came back on it. */
async function stranger(): Promise<{ socket: Socket; heard(): string; closed: Promise<unknown> }> {
  const socket = connect(path);
  sockets.push(socket);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  const closed = new Promise((done) => socket.once('close', done));
  await once(socket, 'connect');
  return { socket, heard: () => text, closed };
}

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((done) => setTimeout(done, 5));
}

const hello = startup('postgres', 'postgres');
const frame = (letter: string, length: number, body = ''): Buffer => {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(letter, 'latin1');
  bytes.writeInt32BE(length, 1);
  bytes.write(body, 5, 'latin1');
  return bytes;
};

describe('messages that are not the protocol', () => {
  test.each([
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'), 'invalid length of startup packet'],
    [
      'a startup packet of no length',
      Buffer.from([0, 0, 0, 0, 0, 3, 0, 0]),
      'invalid length of startup packet',
    ],
    [
      'a startup packet of a negative length',
      Buffer.from([255, 255, 255, 251, 0, 3, 0, 0]),
      'invalid length of startup packet',
    ],
    ['protocol 2', Buffer.from([0, 0, 0, 8, 0, 2, 0, 0]), 'unsupported frontend protocol'],
  ])('%s is refused', async (_name, bytes, reason) => {
    const { socket, heard, closed } = await stranger();
    socket.write(bytes);
    await closed;
    expect(heard()).toContain(`C08P01\0M${reason}\0`);
  });

  test.each([
    ['a length of 2 GB', frame('Q', 0x7fff_ffff), 'invalid message length'],
    ['a negative length', frame('Q', -5), 'invalid message length'],
    ['a length that does not hold itself', frame('Q', 3), 'invalid message length'],
    ['an unknown type', frame('?', 4), 'invalid frontend message type 63'],
    ['a password that nobody asked for', frame('p', 9, 'secret'), 'invalid frontend message type 112'],
  ])('%s is refused', async (_name, bytes, reason) => {
    const { socket, heard, closed } = await stranger();
    socket.write(Buffer.concat([hello, bytes]));
    await closed;
    expect(heard()).toContain(`C08P01\0M${reason}\0`);
  });

  test('bodies of noise get an error, and the database goes on', async () => {
    const types = fc.constantFrom(...'QPBDECHSdcf');
    const message = fc.tuple(types, fc.uint8Array({ maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (messages) => {
        const { socket, closed } = await stranger();
        const frames = messages.map(([type, body]) => Buffer.concat([frame(type, 4 + body.length), body]));
        socket.end(Buffer.concat([hello, ...frames, frame('S', 4), frame('X', 4)]));
        await closed;
      }),
      sameEachTime(200),
    );
  });

  test('bytes of noise end that connection only', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.boolean(),
        async (noise, greeted) => {
          const { socket, closed } = await stranger();
          socket.end(greeted ? Buffer.concat([hello, noise]) : noise);
          await closed;
        },
      ),
      sameEachTime(200),
    );
  });
});

describe('a connection', () => {
  test('may send its bytes one at a time', async () => {
    const { socket, heard } = await stranger();
    for (const byte of Buffer.concat([hello, simpleQuery(`select 'slow' as speed`)]))
      socket.write(Uint8Array.of(byte));
    await until(() => heard().includes('slow') && heard().endsWith('Z\0\0\0\x05I'));
  });

  test('may send several statements at once, and each is answered', async () => {
    const { socket, heard } = await stranger();
    const queries = ['first', 'second', 'third'].map((word) => simpleQuery(`select '${word}'`));
    socket.write(Buffer.concat([hello, ...queries]));
    await until(() => heard().includes('third'));
    expect(heard().match(/first|second|third/g)).toEqual(['first', 'second', 'third']);
  });

  test('that asks for encryption hears no and goes on without', async () => {
    const { socket, heard } = await stranger();
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    await until(() => heard() === 'N');
    socket.write(Buffer.concat([hello, simpleQuery(`select 'plain'`)]));
    await until(() => heard().includes('plain'));
  });

  test('that asks to cancel is closed', async () => {
    const { socket, closed } = await stranger();
    socket.write(Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 1]));
    await closed;
  });

  test('does not wait to be greeted while another is inside a transaction', async () => {
    const busy = await client();
    await busy.query('begin');
    const { socket, heard } = await stranger();
    socket.write(hello);
    await until(() => heard().endsWith('Z\0\0\0\x05I'));
    await busy.query('commit');
  });

  test('leaves no settings behind for the next', async () => {
    const tool = await client();
    await tool.query(`set search_path to ''; set statement_timeout to 1`);
    await tool.end();
    clients.splice(clients.indexOf(tool), 1);
    const next = await client();
    await next.query('select * from notes');
    expect((await next.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
  });

  test('that ends inside a transaction is rolled back', async () => {
    const { socket, heard, closed } = await stranger();
    socket.write(
      Buffer.concat([hello, simpleQuery('begin'), simpleQuery(`insert into notes values (1, 'lost')`)]),
    );
    await until(() => heard().includes('INSERT 0 1'));
    socket.destroy();
    await closed;
    expect((await (await client()).query('select * from notes')).rows).toEqual([]);
  });

  test.each([
    ['alone', 'copy notes from stdin'],
    ['after a statement and a comment', `select 'a;b'; -- then\n COPY notes (id, text)\n FROM  STDIN`],
  ])('that copies from its side, %s, is refused: PGlite would wait for ever', async (_name, sql) => {
    const { socket, heard, closed } = await stranger();
    socket.write(Buffer.concat([hello, simpleQuery('begin'), simpleQuery(sql)]));
    await closed;
    expect(heard()).toContain('C0A000\0');
  });

  test('may write about copying, and copy to its side', async () => {
    const one = await client();
    await one.query(`insert into notes values (1, 'how to copy from stdin')`);
    await one.query(`select $$ ; copy notes from stdin $$ as text /* copy notes from stdin */`);
    const { socket, heard } = await stranger();
    socket.write(Buffer.concat([hello, simpleQuery('copy notes to stdout')]));
    await until(() => heard().includes('1\thow to copy from stdin') && heard().endsWith('Z\0\0\0\x05I'));
  });

  test('that stalls inside a transaction is cut off, is told why, and the others go on', async () => {
    const stalled = await client();
    const told = once(stalled, 'error');
    await stalled.query('begin');
    await stalled.query(`insert into notes values (1, 'never committed')`);
    const other = await client();
    expect((await other.query('select count(*)::int as rows from notes')).rows).toEqual([{ rows: 0 }]);
    expect((await told)[0]).toMatchObject({ code: '25P03' });
    clients.splice(clients.indexOf(stalled), 1);
  });
});

test('fifty clients at once each get their own answers', async () => {
  const fifty = await Promise.all(Array.from({ length: 50 }, client));
  const answers = await Promise.all(
    fifty.map(async (each, index) => {
      await each.query('begin');
      await each.query('insert into notes values ($1, $2)', [index, `text ${index}`]);
      const { rows } = await each.query('select text from notes where id = $1', [index]);
      await each.query(index % 2 === 0 ? 'commit' : 'rollback');
      return rows;
    }),
  );
  expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => [{ text: `text ${index}` }]));
  expect((await fifty[0]!.query('select count(*)::int as rows from notes')).rows).toEqual([{ rows: 25 }]);
});

test('an error in the middle of a pipeline leaves the connection usable', async () => {
  const one = await client();
  await expect(one.query('select * from nowhere where id = $1', [1])).rejects.toMatchObject({
    code: '42P01',
  });
  await expect(one.query('select 1/$1::int', [0])).rejects.toMatchObject({ code: '22012' });
  expect((await one.query('select $1::text as word', ['fine'])).rows).toEqual([{ word: 'fine' }]);
});
