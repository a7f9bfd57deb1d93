/** A real Valkey with TLS only and the users of deploy/valkey. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { requireProgram } from '../programs/find.ts';
import type { Authority, Bundle } from './certificates.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder, writeWhole } from './owned.ts';
import { freePort, Service } from './service.ts';

const deploy = resolve(import.meta.dirname, '../../../../deploy/valkey');

export type ValkeyUser = 'api' | 'exporter' | 'reloader';

export type ValkeyServer = {
  service: Service;
  port: number;
  /** what the secret file cache.json holds for a user */
  connection(user: ValkeyUser): { host: string; port: number; user: string; password: string };
  /** of its certificate's files */
  secrets: string;
  /** gives the server another certificate; it takes it when it is told to */
  useCertificate(bundle: Partial<Bundle>): void;
  remove(): Promise<void>;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startValkey(
  authority: Authority,
  options: { maxmemory?: string; host?: Host | undefined } = {},
): Promise<ValkeyServer> {
  const { host = thisMachine } = options;
  const command = requireProgram('valkey');
  const folder = makeOwnFolder('valkey');
  const port = await freePort();
  const password = (): string => randomBytes(24).toString('hex');
  const passwords = { api: password(), exporter: password(), reloader: password() };
  const secrets = join(folder.path, 'secrets');
  mkdirSync(secrets);
  const useCertificate = (bundle: Partial<Bundle>): void => writeWhole(secrets, bundle);
  useCertificate(
    await authority.issue({
      name: 'homepage-valkey',
      purpose: 'server',
      addresses: ['localhost', host.address],
    }),
  );
  const inFolder = (text: string): string =>
    text
      .replaceAll('/vault/secrets', secrets)
      .replaceAll('/data', folder.path)
      .replace(/^port .*\n/m, 'port 0\n');
  const users = Object.entries(passwords).reduce(
    (text, [user, own]) => text.replace(`{{${user}}}`, own),
    readFileSync(join(deploy, 'users.acl.template'), 'utf8'),
  );
  writeFileSync(join(secrets, 'users.acl'), users, { mode: 0o600 });
  writeFileSync(
    join(folder.path, 'valkey.conf'),
    inFolder(readFileSync(join(deploy, 'valkey.conf'), 'utf8')),
  );

  const client = await authority.issue({ name: 'homepage-api', purpose: 'client' });
  const service = new Service({
    name: 'valkey',
    command,
    args: [
      join(folder.path, 'valkey.conf'),
      ...['--tls-port', String(port), '--bind', host.address],
      ...(options.maxmemory ? ['--maxmemory', options.maxmemory] : []),
    ],
    folder: folder.path,
    host,
    ready: () => ping(host.address, port, client, passwords.api),
  });
  await service.start();
  return {
    service,
    port,
    secrets,
    useCertificate,
    connection: (user) => ({ host: host.address, port, user, password: passwords[user] }),
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}

async function ping(host: string, port: number, bundle: Bundle, password: string): Promise<void> {
  const socket = connect({
    host,
    port,
    ca: bundle['ca.crt'],
    cert: bundle['tls.crt'],
    key: bundle['tls.key'],
  });
  try {
    await once(socket, 'secureConnect');
    socket.write(`AUTH api ${password}\r\nPING\r\n`);
    let answer = '';
    while (!answer.includes('+PONG')) {
      const [data] = (await once(socket, 'data')) as [Buffer];
      answer += data.toString();
      if (answer.includes('-')) throw new Error(answer.trim());
    }
  } finally {
    socket.destroy();
  }
}
