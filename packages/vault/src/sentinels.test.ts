/**
 * Where a machine may be lost: three Valkeys and three Sentinels from the files of deploy/valkey/ha and from what the agent beside
 * each wrote, and the API's client from its cache.json. Nothing else gives them a secret.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCache, readSettings, type Cache } from '@homepage/platform';
import { missing, requireProgram } from '@homepage/testkit/programs';
import { askServer, freePort, makeOwnFolder, Service, type Bundle } from '@homepage/testkit/services';
import { startVaults, type RunningAgent, type Vaults } from '@homepage/testkit/vaults';

const deploy = resolve(import.meta.dirname, '../../../deploy/valkey');
const WITHIN = { timeout: 30_000, interval: 50 };
const INDICES = [0, 1, 2];

describe.skipIf(missing('vault', 'valkey'))('what the agents write where there are several', () => {
  let vaults: Vaults;
  let ports: number[];
  let sentinels: { host: string; port: number }[];
  let valkeys: Service[];
  let watching: { service: Service; ask(words: string): Promise<string> }[];
  let api: RunningAgent;
  const started: { remove(): Promise<void> | void }[] = [];
  const own = <Part extends { remove(): Promise<void> | void }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const freePorts = (): Promise<number[]> => Promise.all(INDICES.map(() => freePort()));

  beforeAll(async () => {
    vaults = await startVaults();
    await vaults.asRoot('primary', (root) =>
      root.write('kv/data/prod/api/github', { data: { clientId: 'id', clientSecret: 'secret' } }),
    );
    ports = await freePorts();
    sentinels = (await freePorts()).map((port) => ({ host: 'localhost', port }));
    api = own(await vaults.startAgent('prod', 'api', { sentinels }));
    valkeys = [];
    for (const index of INDICES) valkeys.push(await startOne(index));
    watching = [];
    for (const index of INDICES) watching.push(await startSentinel(index));
  }, 120_000);
  afterAll(async () => {
    for (const part of started.toReversed()) await part.remove();
    await vaults?.remove();
  });

  const read = ({ secrets }: RunningAgent, file: string): string => readFileSync(join(secrets, file), 'utf8');
  const bundle = (agent: RunningAgent): Bundle => ({
    'tls.crt': read(agent, 'tls.crt'),
    'tls.key': read(agent, 'tls.key'),
    'ca.crt': read(agent, 'ca.crt'),
  });
  /** Names and places of the cluster become those of this machine; each server's port is told beside its file. */
  const here = (text: string, { secrets }: RunningAgent, folder: string): string =>
    text
      .replaceAll('/etc/valkey-ha/', `${folder}/ha/`)
      .replaceAll('/etc/valkey/', `${folder}/`)
      .replaceAll('/vault/secrets', secrets)
      .replaceAll('/data', folder)
      .replaceAll('valkey-0.valkey-nodes 6379', `localhost ${ports[0]}`)
      .replaceAll(/valkey-\d\.valkey-nodes/g, 'localhost');

  function serviceIn(folder: string, args: string[], ready: () => Promise<unknown>): Service {
    const service = new Service({ name: 'valkey', command: requireProgram('valkey'), args, folder, ready });
    own({ remove: () => service.stop() });
    return service;
  }

  async function startOne(index: number): Promise<Service> {
    const agent = own(await vaults.startAgent('prod', 'valkey', { sentinels }));
    const folder = own(makeOwnFolder('valkey')).path;
    mkdirSync(join(folder, 'ha'));
    for (const file of ['valkey.conf', 'ha/valkey.conf', `ha/valkey-${index}.conf`])
      writeFileSync(join(folder, file), here(readFileSync(join(deploy, file), 'utf8'), agent, folder));
    const [, password] = /masterauth (\S+)/.exec(read(agent, 'replication.conf'))!;
    const args = [join(folder, `ha/valkey-${index}.conf`), '--tls-port', String(ports[index])];
    const service = serviceIn(folder, [...args, '--bind', '127.0.0.1'], () =>
      askServer('127.0.0.1', ports[index]!, bundle(agent), [`AUTH replica ${password}`, 'PING']),
    );
    await service.start();
    return service;
  }

  async function startSentinel(index: number): Promise<(typeof watching)[number]> {
    const agent = own(await vaults.startAgent('prod', 'valkey-sentinel', { sentinels }));
    const folder = own(makeOwnFolder('valkey-sentinel')).path;
    const { port } = sentinels[index]!;
    const text = here(readFileSync(join(deploy, 'ha/sentinel.conf'), 'utf8'), agent, folder);
    const file = join(folder, 'sentinel.conf');
    writeFileSync(file, text.replace('tls-port 26379', `tls-port ${port}`), { mode: 0o600 });
    const [, password] = /sentinel-pass (\S+)/.exec(read(agent, 'sentinel-users.conf'))!;
    const ask = (words: string): Promise<string> =>
      askServer('127.0.0.1', port, bundle(agent), [`AUTH peer ${password}`, words]);
    const announced = ['--sentinel', 'announce-ip', 'localhost'];
    const args = [file, '--sentinel', ...announced, '--bind', '127.0.0.1'];
    const service = serviceIn(folder, args, () => ask('PING'));
    await service.start();
    return { service, ask };
  }

  async function openAs(agent: RunningAgent): Promise<Cache> {
    const cache = await openCache(readSettings({ SECRETS_DIR: agent.secrets }));
    await expect.poll(async () => (await cache.status('test')).ok, WITHIN).toBe(true);
    return cache;
  }

  test('the Sentinels know each other and the copies', async () => {
    for (const { ask } of watching) {
      await expect.poll(() => ask('SENTINEL CKQUORUM homepage').catch(String), WITHIN).toMatch(/^\+OK 3/);
      await expect.poll(() => ask('SENTINEL REPLICAS homepage').catch(String), WITHIN).toBe('*2');
    }
  });

  test('the API signs in by its cache.json, and goes on when the master is lost', async () => {
    const cache = await openAs(api);
    await cache.put('before', Buffer.from('copied'), 600);
    expect((await cache.get('before'))?.toString()).toBe('copied');
    // Each copy answers the same user: what was written is there, too.
    for (const port of ports.slice(1)) await expect.poll(() => keysOf(port), WITHIN).toBe(1);
    await valkeys[0]!.kill();
    await expect.poll(async () => (await cache.get('before'))?.toString(), WITHIN).toBe('copied');
    await cache.put('after', Buffer.from('written'), 600);
    expect((await cache.get('after'))?.toString()).toBe('written');
    // It comes back as a master, by its own file, and is made a copy.
    await valkeys[0]!.start();
    await expect.poll(() => keysOf(ports[0]!), WITHIN).toBe(2);
    await cache.close();
  }, 120_000);

  test('a Valkey without Sentinels has none of their users', async () => {
    const alone = own(await vaults.startAgent('prod', 'valkey'));
    expect(read(alone, 'users.acl')).not.toMatch(/^user (replica|sentinel)/m);
  });

  /** As the exporter sees it. */
  async function keysOf(port: number): Promise<number> {
    const exporter = (exporting ??= own(await vaults.startAgent('prod', 'valkey-exporter', { sentinels })));
    const { password } = JSON.parse(read(exporter, 'cache.json')) as { password: string };
    const answer = await askServer('127.0.0.1', port, bundle(exporter), [
      `AUTH exporter ${password}`,
      'DBSIZE',
    ]);
    return Number(answer.replace(':', ''));
  }
  let exporting: RunningAgent | undefined;
});
