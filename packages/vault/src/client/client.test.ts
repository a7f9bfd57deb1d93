/** What a person is told when Vault cannot be asked, or refuses: each kind made for real. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '@homepage/platform';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority, startVault, type Authority, type VaultProcess } from '@homepage/testkit/services';
import { initialise, sealStatus, unseal, untilActive } from '../server.ts';
import { startFaultyProxy, type Fault } from '../test-proxy.ts';
import { Vault } from './client.ts';

const failure = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: Problem) => error,
  );

test('an address that would show tokens to everybody, or is none, is refused before it is asked', () => {
  for (const address of ['http://vault:8200', 'vault:8200', 'https://vault:8200/ui', '']) {
    expect(() => new Vault({ address })).toThrow(
      expect.objectContaining({ code: 'VAULT_ADDRESS_INVALID', field: 'VAULT_ADDR' }),
    );
  }
});

describe.skipIf(missing('vault'))('a real Vault', () => {
  let authority: Authority;
  let server: VaultProcess;
  let vault: Vault;
  let root: Vault;
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    authority = await makeAuthority();
    server = await startVault(authority);
    vault = new Vault({ address: server.address, ca: server.ca });
  });
  afterAll(async () => {
    for (const close of closing) await close();
    vault.close();
    await server.remove();
  });
  const reached = (address: string, ca = server.ca, token = root?.token): Vault => {
    const other = new Vault({ address, ca, token });
    closing.push(() => other.close());
    return other;
  };
  const behind = async (fault: (number: number, what: string) => Fault | undefined) => {
    const bundle = await authority.issue({ name: 'proxy', purpose: 'server' });
    const proxy = await startFaultyProxy(server, bundle, fault);
    closing.push(() => proxy.close());
    return { ...proxy, vault: reached(proxy.address) };
  };

  test('that was never set up, is sealed, and then is open', async () => {
    expect(await failure(unseal(vault, ['a2V5']))).toMatchObject({ code: 'VAULT_NOT_INITIALISED' });
    expect(await sealStatus(vault)).toMatchObject({ initialised: false, sealed: true, kind: 'bootstrap' });
    const { keys, rootToken } = await initialise(vault, 'bootstrap', { shares: 3, threshold: 2 });
    root = vault.as(rootToken);
    expect(await failure(root.read('sys/mounts'))).toMatchObject({
      code: 'VAULT_SEALED',
      command: 'homepage vault status',
    });
    expect(await failure(unseal(vault, ['bm90IGEga2V5', keys[0]!]))).toMatchObject({
      code: 'VAULT_KEYS_WRONG',
    });
    expect(await unseal(vault, [keys[0]!, keys[0]!])).toBe(false);
    expect(await unseal(vault, keys.slice(1))).toBe(true);
    await untilActive(vault);
    await root.write('sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  });

  test('where nobody listens, or nobody is', async () => {
    const closed = await failure(reached('https://127.0.0.1:1').read('sys/mounts'));
    expect(closed).toMatchObject({ code: 'VAULT_AWAY', field: 'VAULT_ADDR' });
    expect(closed.message).toContain('nobody listens there');
    const nowhere = await failure(reached('https://vault.invalid:8200').read('sys/mounts'));
    expect(nowhere.code).toBe('VAULT_AWAY');
  });

  test('whose certificate names another host, has ended, or comes from another authority', async () => {
    const { port } = new URL(server.address);
    const told = async (ca: string, address: string): Promise<string> => {
      const { code, message } = await failure(reached(address, ca).read('sys/mounts'));
      return `${code} ${message}`;
    };
    // 127.0.0.2 is this machine, too, and no name of the certificate.
    expect(await told(server.ca, `https://127.0.0.2:${port}`)).toMatch(/VAULT_(UNTRUSTED|AWAY)/);
    const other = await makeAuthority('Other CA');
    expect(await told(other.certificate, server.address)).toMatch(/VAULT_UNTRUSTED .* another authority/);
    const ended = await authority.issue({ name: 'old', purpose: 'server', days: -1 });
    const proxies = [
      { bundle: ended, why: /VAULT_UNTRUSTED .* it has ended/ },
      {
        bundle: await authority.issue({ name: 'elsewhere', purpose: 'server', addresses: ['elsewhere'] }),
        why: /VAULT_UNTRUSTED .* does not name the host/,
      },
    ];
    for (const { bundle, why } of proxies) {
      const proxy = await startFaultyProxy(server, bundle, () => undefined);
      closing.push(() => proxy.close());
      expect(await told(server.ca, proxy.address)).toMatch(why);
    }
  });

  test('that is something else: no TLS, or a page', async () => {
    const plain = createServer((_asked, answer) => answer.end('<html>')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    closing.push(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    expect(await failure(reached(`https://127.0.0.1:${port}`).read('sys/mounts'))).toMatchObject({
      code: 'VAULT_NOT_VAULT',
    });
    const page = await behind(() => ({ status: 200, body: '<html>Welcome</html>' }));
    expect(await failure(page.vault.read('sys/mounts'))).toMatchObject({ code: 'VAULT_NOT_VAULT' });
  });

  test('that falls silent in the middle of a download: whoever reads is told, and nothing else ends', async () => {
    const bundle = await authority.issue({ name: 'silent', purpose: 'server' });
    const silent = createTlsServer({ key: bundle['tls.key'], cert: bundle['tls.crt'] }, (_asked, answer) =>
      answer.write('the first part'),
    ).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const address = `https://127.0.0.1:${port}`;
    const client = new Vault({ address, ca: server.ca, answerWithinMs: 500 });
    closing.push(() => {
      client.close();
      silent.close();
    });
    const parts: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const part of await client.download('sys/storage/raft/snapshot'))
        parts.push(Buffer.from(part).toString());
    };
    const problem = await failure(reading());
    expect(problem).toMatchObject({ code: 'VAULT_AWAY' });
    expect(problem.message).toContain('does not answer in time');
    expect(parts).toEqual(['the first part']);
  });

  test('with a token that it does not know, one that may too little, and none', async () => {
    expect(await failure(vault.as('hvs.strange').read('sys/mounts'))).toMatchObject({
      code: 'VAULT_TOKEN_REFUSED',
    });
    const { auth } = await root.make('auth/token/create', { policies: ['default'], ttl: '60s' });
    const denied = await failure(vault.as(auth!.client_token).read('sys/mounts'));
    expect(denied).toMatchObject({ code: 'VAULT_DENIED' });
    expect(denied.message).toContain('GET sys/mounts');
    expect((await failure(vault.read('sys/mounts'))).code).toMatch(/VAULT_(DENIED|TOKEN_REFUSED)/);
  });

  test('what is not there is undefined or empty; what is wrong is told in its words', async () => {
    expect(await root.read('kv/data/nothing')).toBeUndefined();
    expect(await root.read('nothing/at/all')).toBeUndefined();
    expect(await root.list('kv/metadata/')).toEqual([]);
    const refused = await failure(
      root.write('sys/policies/acl/x', { policy: 'path "a" { capabilities = ["raed"] }' }),
    );
    expect(refused).toMatchObject({ code: 'VAULT_REFUSED' });
    expect(refused.message).toContain('raed');
    expect(await failure(root.write('nothing/at/all', {}))).toMatchObject({ code: 'VAULT_REFUSED' });
  });

  test('a limit is waited for, also by what must not be done twice', async () => {
    const limited = await behind((number) =>
      number < 3
        ? { status: 429, body: '{"errors":["rate limit quota exceeded"]}', headers: { 'retry-after': '1' } }
        : undefined,
    );
    await limited.vault.make('kv/data/limited', { data: { a: '1' } });
    expect(limited.count()).toBe(3);
    expect((await root.read('kv/data/limited'))?.data?.['metadata']).toMatchObject({ version: 1 });
  });

  test('a failure midway is tried again only where twice is as good as once', async () => {
    const failing = await behind((number) =>
      number === 1 ? { status: 502, body: '<html>' } : number === 3 ? 'cut' : undefined,
    );
    await failing.vault.write('kv/data/again', { data: { a: '1' } });
    expect(failing.count()).toBe(2);
    expect(await failing.vault.read('kv/data/again')).toBeDefined();
    expect(failing.count()).toBe(4);
    const once = await behind(() => ({ status: 500 }));
    const problem = await failure(once.vault.make('kv/data/once', { data: { a: 'a-secret-value' } }));
    expect(problem).toMatchObject({ code: 'VAULT_FAILED' });
    expect(once.count()).toBe(1);
    expect(JSON.stringify([problem, problem.message, problem.stack])).not.toMatch(/a-secret-value|hvs\./);
  });

  test('a lasting failure ends within seconds, and says that it may be run again', async () => {
    const lasting = await behind(() => ({ status: 503, body: '{"errors":["no space left on device"]}' }));
    const problem = await failure(lasting.vault.read('sys/mounts'));
    expect(problem).toMatchObject({ code: 'VAULT_FAILED' });
    expect(problem.message).toContain('no space left on device');
    expect(lasting.count()).toBe(6);
  });
});
