/** The real Valkey reads its list of users anew: whose file the agent writes first does not matter, and a wrong list never counts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import {
  makeAuthority,
  startValkey,
  writeWhole,
  type Bundle,
  type ValkeyServer,
} from '@homepage/testkit/services';
import { openCache, type CacheServer } from '../cache/cache.ts';
import { usersReload, type UsersReload } from './users.ts';
import { signInAs } from './valkey.ts';

type User = 'api' | 'reloader';

describe.skipIf(missing('valkey'))('the list of users of Valkey', () => {
  let valkey: ValkeyServer;
  let bundle: Bundle;
  let first: string;
  /** what the reloader's own agent wrote */
  let own: CacheServer;
  let reload: UsersReload;
  beforeAll(async () => {
    const authority = await makeAuthority();
    bundle = await authority.issue({ name: 'homepage-api', purpose: 'client' });
    valkey = await startValkey(authority);
    first = list();
    start();
  }, 60_000);
  afterEach(async () => {
    await valkey.service.stop();
    writeList(first);
    await valkey.service.start();
    start();
  });
  afterAll(() => valkey?.remove());

  const as = (user: User, changes: Partial<CacheServer> = {}): CacheServer => {
    const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = bundle;
    return { ...valkey.connection(user), tls: { cert, key, ca }, ...changes };
  };
  function start(password = as('reloader').password): void {
    own = as('reloader', { password });
    reload = usersReload(valkey.secrets, () => own);
  }
  const load = (): Promise<void> => reload.load(reload.read());
  const list = (): string => readFileSync(join(valkey.secrets, 'users.acl'), 'utf8');
  const writeList = (text: string): void => writeWhole(valkey.secrets, { 'users.acl': text });
  /** As the agent writes it: the new password, and the one before. */
  const change = (user: User, password: string): void =>
    writeList(
      list().replace(
        new RegExp(`^(user ${user} on )>(\\S+)( >\\S+)?`, 'm'),
        (_whole, start: string, before: string) => `${start}>${password} >${before}`,
      ),
    );
  const opens = (user: User, password: string): Promise<boolean> =>
    signInAs(as(user), password).then(
      () => true,
      () => false,
    );

  test('a changed password opens it, and the one before, until the next change', async () => {
    const before = as('api').password!;
    change('api', 'second-password');
    expect(await opens('api', 'second-password')).toBe(false);
    await load();
    expect([await opens('api', before), await opens('api', 'second-password')]).toEqual([true, true]);
    change('api', 'third-password');
    await load();
    expect([
      await opens('api', before),
      await opens('api', 'second-password'),
      await opens('api', 'third-password'),
    ]).toEqual([false, true, true]);
  });

  test('who is signed in goes on, also who listens', async () => {
    const states: string[] = [];
    const cache = await openCache({ cache: as('api') }, { onState: (state) => states.push(state) });
    let heard = 0;
    cache.listen('news', () => heard++);
    await expect.poll(async () => (await cache.status('news')).listeners).toBe(1);
    change('api', 'second-password');
    await load();
    change('api', 'third-password');
    await load();
    heard = 0;
    await cache.announce('news');
    await expect.poll(() => heard).toBe(1);
    // Nothing of what it signed in with is left.
    expect(await opens('api', as('api').password!)).toBe(false);
    expect(states).toEqual(['ready']);
    await cache.close();
  });

  describe('the password of who loads it changes too', () => {
    test('in the list first', async () => {
      change('reloader', 'second-password');
      await load();
      own = as('reloader', { password: 'second-password' });
      await load();
      change('reloader', 'third-password');
      await load();
      expect(await opens('reloader', own.password!)).toBe(true);
    });

    test('in its own file first', async () => {
      own = as('reloader', { password: 'second-password' });
      await load();
      change('reloader', 'second-password');
      await load();
      expect(await opens('reloader', 'second-password')).toBe(true);
    });

    test('in its own file first, and it starts anew before the list is loaded', async () => {
      change('reloader', 'second-password');
      start('second-password');
      await load();
      expect(await opens('reloader', 'second-password')).toBe(true);
    });

    test('twice before the list is loaded, so that nothing of what Valkey knows is in any file', async () => {
      await load();
      change('reloader', 'second-password');
      change('reloader', 'third-password');
      own = as('reloader', { password: 'third-password' });
      await load();
      expect(await opens('reloader', 'third-password')).toBe(true);
    });
  });

  test.each<[string, (text: string) => string, string, RegExp]>([
    [
      'with a command that there is not',
      (text) => text.replace('+get', '+geet'),
      'CACHE_REFUSED',
      /users\.acl:2/,
    ],
    [
      'with a password without its sign',
      (text) => text.replace('>', 'CANARY'),
      'CACHE_REFUSED',
      /users\.acl:2/,
    ],
    ['with a line that is cut off', (text) => text + 'user', 'CACHE_REFUSED', /users\.acl/],
    ['that is empty', () => '', 'SECRET_INVALID', /is empty/],
    [
      'without the default user, who could do everything then',
      (text) => text.replace('user default off\n', ''),
      'SECRET_INVALID',
      /does not switch the default user off/,
    ],
    [
      'with the default user on',
      (text) => text.replace('user default off', 'user default on nopass'),
      'SECRET_INVALID',
      /does not switch the default user off/,
    ],
    [
      'without who may load it',
      (text) => text.replace(/^user reloader.*\n/m, ''),
      'SECRET_INVALID',
      /has no user "reloader"/,
    ],
    [
      'in which that one may not load it again',
      (text) => text.replace(' +acl|load', ''),
      'SECRET_INVALID',
      /nobody could have it loaded again/,
    ],
  ])('one %s is refused, and the one before goes on', async (_name, wrong, code, message) => {
    await load();
    change('api', 'second-password');
    const good = list();
    writeList(wrong(good));
    const refused = await Promise.resolve()
      .then(load)
      .then(
        () => undefined,
        (error: Error) => error,
      );
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect(JSON.stringify(refused) + String(refused)).not.toContain('CANARY');
    expect([await opens('api', as('api').password!), await opens('api', 'second-password')]).toEqual([
      true,
      false,
    ]);
    await expect(signInAs(as('api', { user: 'default' }), '')).rejects.toMatchObject({
      code: 'CACHE_REFUSED',
    });
    writeList(good);
    await load();
    expect(await opens('api', 'second-password')).toBe(true);
  });
});
