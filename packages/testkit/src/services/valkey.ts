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
  /** A command of somebody who may do everything, as words that have no spaces. @throws Error with the server's refusal */
  command(...words: string[]): Promise<string>;
  remove(): Promise<void>;
};

export type ValkeyOptions = {
  maxmemory?: string;
  host?: Host | undefined;
  /** its files are written by somebody else, with these passwords; and what the API has */
  rendered?: { secrets: string; passwords: Record<ValkeyUser, string>; client: Bundle };
  /** one of several: the passwords that all have, and the port of the master that it begins as a copy of */
  oneOf?: { passwords: Record<ValkeyUser | 'replica' | 'sentinel', string>; copies?: number | undefined };
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startValkey(authority: Authority, options: ValkeyOptions = {}): Promise<ValkeyServer> {
  const { rendered, oneOf } = options;
  const { host = thisMachine } = options;
  const command = requireProgram('valkey');
  const folder = makeOwnFolder('valkey');
  const port = await freePort();
  const password = (): string => randomBytes(24).toString('hex');
  const passwords = rendered?.passwords ??
    oneOf?.passwords ?? { api: password(), exporter: password(), reloader: password() };
  const secrets = rendered?.secrets ?? join(folder.path, 'secrets');
  if (!rendered) mkdirSync(secrets);
  const useCertificate = (bundle: Partial<Bundle>): void => writeWhole(secrets, bundle);
  if (!rendered) {
    useCertificate(
      await authority.issue({
        name: 'homepage-valkey',
        // A copy shows its own to the master.
        purpose: oneOf ? 'both' : 'server',
        addresses: ['localhost', host.address],
      }),
    );
  }
  const inFolder = (text: string): string =>
    text
      .replaceAll('/vault/secrets', secrets)
      .replaceAll('/data', folder.path)
      .replace(/^port .*\n/m, 'port 0\n');
  const users = Object.entries(passwords).reduce(
    (text, [user, own]) => text.replace(`{{${user}}}`, own),
    readFileSync(join(deploy, 'users.acl.template'), 'utf8') +
      (oneOf ? readFileSync(join(deploy, 'ha/users.acl.template'), 'utf8') : ''),
  );
  const operator = randomBytes(24).toString('hex');
  const everything = `user operator on >${operator} ~* &* +@all\n`;
  if (!rendered)
    writeFileSync(join(secrets, 'users.acl'), users.trimEnd() + '\n' + everything, { mode: 0o600 });
  writeFileSync(
    join(folder.path, 'valkey.conf'),
    inFolder(readFileSync(join(deploy, 'valkey.conf'), 'utf8')),
  );
  if (oneOf) {
    const account = `masteruser replica\nmasterauth ${oneOf.passwords.replica}\n`;
    writeFileSync(join(secrets, 'replication.conf'), account, { mode: 0o600 });
    writeFileSync(
      join(folder.path, 'ha.conf'),
      inFolder(readFileSync(join(deploy, 'ha/valkey.conf'), 'utf8')).replace(
        '/etc/valkey/valkey.conf',
        join(folder.path, 'valkey.conf'),
      ),
    );
  }

  const client = rendered?.client ?? (await authority.issue({ name: 'homepage-api', purpose: 'client' }));
  const service = new Service({
    name: 'valkey',
    command,
    args: [
      join(folder.path, oneOf ? 'ha.conf' : 'valkey.conf'),
      ...(oneOf?.copies === undefined ? [] : ['--replicaof', host.address, String(oneOf.copies)]),
      ...['--tls-port', String(port), '--bind', host.address],
      ...(options.maxmemory ? ['--maxmemory', options.maxmemory] : []),
    ],
    folder: folder.path,
    host,
    ready: () => ask(`AUTH api ${passwords.api}`, 'PING'),
  });
  const ask = (...lines: [string, string]): Promise<string> => askServer(host.address, port, client, lines);
  await service.start();
  return {
    service,
    port,
    secrets,
    useCertificate,
    connection: (user) => ({ host: host.address, port, user, password: passwords[user] }),
    command: (...words) => ask(`AUTH operator ${operator}`, words.join(' ')),
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}

/** Signs in, then asks. @returns the first line of the answer */
export async function askServer(
  host: string,
  port: number,
  bundle: Bundle,
  [signIn, question]: [string, string],
): Promise<string> {
  const socket = connect({
    host,
    port,
    // Every certificate of a server names it; not each names an address.
    servername: 'localhost',
    ca: bundle['ca.crt'],
    cert: bundle['tls.crt'],
    key: bundle['tls.key'],
  });
  // One that becomes a copy ends its connections: nothing comes any more, and that is no error.
  const closed = new AbortController();
  socket.once('close', () => closed.abort(new Error('the connection was closed')));
  try {
    // One that hangs takes the connection and says nothing.
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    await once(socket, 'secureConnect', closed);
    socket.write(`${signIn}\r\n${question}\r\n`);
    let answer = '';
    for (;;) {
      const [data] = (await once(socket, 'data', closed)) as [Buffer];
      answer += data.toString();
      const lines = answer.split('\r\n').slice(0, -1);
      const refusal = lines.find((line) => line.startsWith('-'));
      if (refusal !== undefined) throw new Error(refusal);
      if (lines.length > 1) return lines[1]!;
    }
  } finally {
    socket.destroy();
  }
}
