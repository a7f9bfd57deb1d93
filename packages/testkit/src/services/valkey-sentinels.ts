/** Three real Valkeys and three real Sentinels with the configuration of deploy/valkey/ha, all over mutual TLS. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { requireProgram } from '../programs/find.ts';
import type { Authority } from './certificates.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder, writeWhole } from './owned.ts';
import { freePort, Service } from './service.ts';
import { askServer, startValkey, type ValkeyServer } from './valkey.ts';

const deploy = resolve(import.meta.dirname, '../../../../deploy/valkey/ha');
const MASTER = 'homepage';
const SETTLED_WITHIN_MS = 60_000;

export type ValkeySentinels = {
  /** the first one begins as the master */
  servers: ValkeyServer[];
  sentinels: Service[];
  /** what the secret file cache.json of the API holds */
  connection: {
    sentinels: { host: string; port: number }[];
    master: string;
    user: string;
    password: string;
  };
  /** Asks each of them what it is. @returns those that say "master"; one that is away says nothing */
  masters(): Promise<ValkeyServer[]>;
  /** Waits until there is one master and both others copy from it. @throws Error when that takes longer than a minute */
  settled(): Promise<void>;
  remove(): Promise<void>;
};

/** @throws Problem PROGRAM_MISSING; Error with the log of what did not start; nothing is left running then */
export async function startValkeySentinels(
  authority: Authority,
  host: Host = thisMachine,
): Promise<ValkeySentinels> {
  const started: { remove(): Promise<void> }[] = [];
  const remove = async (): Promise<void> => {
    for (const part of started.splice(0).toReversed()) await part.remove();
  };
  const own = async (server: Promise<ValkeyServer>): Promise<ValkeyServer> => {
    started.push(await server);
    return server;
  };
  try {
    const names = ['api', 'exporter', 'reloader', 'replica', 'sentinel', 'peer'] as const;
    const passwords = Object.fromEntries(
      names.map((name) => [name, randomBytes(24).toString('hex')]),
    ) as Record<(typeof names)[number], string>;
    const first = await own(startValkey(authority, { host, oneOf: { passwords } }));
    const copies = { passwords, copies: first.port };
    const servers = [first, await own(startValkey(authority, { host, oneOf: copies }))];
    servers.push(await own(startValkey(authority, { host, oneOf: copies })));
    const ports = [await freePort(), await freePort(), await freePort()];
    const watching: Sentinel[] = [];
    for (const port of ports) {
      const sentinel = await startSentinel(authority, host, port, first.port, passwords);
      watching.push(sentinel);
      started.push(sentinel);
    }
    const sentinels = watching.map(({ service }) => service);
    const masters = async (): Promise<ValkeyServer[]> => {
      const roles = await Promise.all(
        servers.map((server) => (server.service.running ? server.command('ROLE').catch(() => '') : '')),
      );
      // A master tells three things of itself, a copy five.
      return servers.filter((_server, index) => roles[index] === '*3');
    };
    const settled = async (): Promise<void> => {
      for (let waited = 0; waited < SETTLED_WITHIN_MS; waited += 100) {
        const [master, ...more] = await masters();
        if (master && more.length === 0 && (await master.command('WAIT 2 100')) === ':2') return;
        await wait(100);
      }
      throw new Error(`There is not one Valkey that both others copy from.\n${sentinels[0]!.log()}`);
    };
    await settled();
    for (const sentinel of watching) await informed(sentinel);
    return {
      servers,
      sentinels,
      connection: {
        sentinels: ports.map((port) => ({ host: host.address, port })),
        master: MASTER,
        user: 'api',
        password: passwords.api,
      },
      masters,
      settled,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Sentinel = { service: Service; command(words: string): Promise<string>; remove(): Promise<void> };

/** It looks around every ten seconds; one that knows neither the copies nor the others can make nobody the master. */
async function informed({ command, service }: Sentinel): Promise<void> {
  for (let waited = 0; waited < SETTLED_WITHIN_MS; waited += 100) {
    const quorum = await command(`SENTINEL CKQUORUM ${MASTER}`).catch(() => '');
    const copies = await command(`SENTINEL REPLICAS ${MASTER}`).catch(() => '');
    if (quorum.startsWith('+OK 3') && copies === '*2') return;
    await wait(100);
  }
  throw new Error(`A Sentinel does not know everybody.\n${service.log()}`);
}

async function startSentinel(
  authority: Authority,
  host: Host,
  port: number,
  masterPort: number,
  passwords: Record<'api' | 'peer' | 'sentinel', string>,
): Promise<Sentinel> {
  const folder = makeOwnFolder('valkey-sentinel');
  const secrets = join(folder.path, 'secrets');
  mkdirSync(secrets);
  writeWhole(
    secrets,
    await authority.issue({
      name: 'homepage-valkey',
      purpose: 'both',
      addresses: ['localhost', host.address],
    }),
  );
  const client = await authority.issue({ name: 'homepage-api', purpose: 'client' });
  for (const name of ['sentinel-users.acl', 'sentinel-users.conf']) {
    const text = Object.entries(passwords).reduce(
      (text, [user, password]) => text.replaceAll(`{{${user}}}`, password),
      readFileSync(join(deploy, `${name}.template`), 'utf8'),
    );
    writeFileSync(join(secrets, name), text, { mode: 0o600 });
  }
  const configuration = readFileSync(join(deploy, 'sentinel.conf'), 'utf8')
    .replaceAll('/vault/secrets', secrets)
    .replaceAll('/data', folder.path)
    .replace('valkey-0.valkey-nodes 6379', `${host.address} ${masterPort}`)
    .replace('tls-port 26379', `tls-port ${port}`);
  const file = join(folder.path, 'sentinel.conf');
  writeFileSync(file, `${configuration}bind ${host.address}\n`, { mode: 0o600 });
  const ask = (words: string): Promise<string> =>
    askServer(host.address, port, client, [`AUTH peer ${passwords.peer}`, words]);
  const service = new Service({
    name: 'valkey-sentinel',
    command: requireProgram('valkey'),
    args: [file, '--sentinel'],
    folder: folder.path,
    host,
    ready: () => ask('PING'),
  });
  await service.start();
  return {
    service,
    command: ask,
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}
