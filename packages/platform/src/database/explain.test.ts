import { createServer, type AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { explainDatabaseError } from './explain.ts';
import { openDatabase } from './open.ts';

test.each([
  [{ code: '53100', message: 'could not extend file' }, 'DISK_FULL'],
  [{ code: '28P01', message: 'password authentication failed' }, 'DATABASE_REFUSED'],
  [{ code: '3D000', message: 'database "x" does not exist' }, 'DATABASE_REFUSED'],
  [{ code: '42501', message: 'permission denied for schema public' }, 'DATABASE_DENIED'],
  [{ code: '57P01', message: 'terminating connection' }, 'DATABASE_GONE'],
  [{ message: 'Connection terminated unexpectedly' }, 'DATABASE_GONE'],
  [{ code: '25006', message: 'cannot execute INSERT in a read-only transaction' }, 'DATABASE_READ_ONLY'],
  [{ message: 'timeout exceeded when trying to connect' }, 'DATABASE_AWAY'],
  [{ message: 'Query read timeout' }, 'DATABASE_AWAY'],
  [{ code: '57014', message: 'canceling statement due to statement timeout' }, 'DATABASE_AWAY'],
  [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'DATABASE_AWAY'],
  [{ code: 'ENOENT', syscall: 'connect' }, 'DATABASE_AWAY'],
  [{ code: 'ENOENT', syscall: 'open' }, undefined],
  [{ code: '23505', message: 'duplicate key' }, undefined],
  [new TypeError('x is not a function'), undefined],
  ['a string', undefined],
  [undefined, undefined],
])('%o is %s', (error, code) => {
  expect(explainDatabaseError(error)?.code).toBe(code);
});

test('a server that is not there is explained, without the password', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const url = `postgres://me:SECRET@127.0.0.1:${port}/homepage`;
  const { db, close } = await openDatabase({
    server: { url },
    dataDir: '/nowhere',
    command: 'test',
    mode: 'share',
  });
  const error = await sql`select 1`.execute(db).catch((error: unknown) => error);
  const problem = explainDatabaseError(error);
  expect(problem?.message).toBe('The database does not answer (ECONNREFUSED).');
  expect(JSON.stringify(problem)).not.toContain('SECRET');
  await close();
});
