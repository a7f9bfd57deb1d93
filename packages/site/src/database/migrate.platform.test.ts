/** Only the owner changes the schema, however many start at once. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '@homepage/platform';
import { serverFor, sharedPlatform } from '@homepage/testkit/platform';
import { migrate, migrations } from './migrate.ts';
import type { Tables } from './tables.ts';

describe('migrating PostgreSQL', () => {
  const open = (database: string, role: 'owner' | 'app'): Promise<Database<Tables>> =>
    openDatabase<Tables>({
      server: serverFor(sharedPlatform()!, database, role),
      dataDir: '/nowhere',
      command: 'test',
      mode: 'share',
    });

  test('four at once: each migration runs once, and all four end well', async () => {
    const admin = await open('postgres', 'owner');
    await sql`create database at_once`.execute(admin.db);
    const four = await Promise.all(Array.from({ length: 4 }, () => open('at_once', 'owner')));
    const ran = await Promise.all(four.map(({ db }) => migrate(db)));
    expect(ran.flat()).toEqual(Object.keys(migrations));
    await Promise.all(four.map((database) => database.close()));
    await sql`drop database at_once`.execute(admin.db);
    await admin.close();
  });

  test('the application may not', async () => {
    const admin = await open('postgres', 'owner');
    await sql`create database not_mine`.execute(admin.db);
    const app = await open('not_mine', 'app');
    await expect(migrate(app.db)).rejects.toThrow('permission denied for schema public');
    await app.close();
    await sql`drop database not_mine`.execute(admin.db);
    await admin.close();
  });
});
