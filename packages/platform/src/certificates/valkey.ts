import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import type { CacheServer } from '../cache/cache.ts';
import { Problem } from '../problem.ts';
import type { TlsFiles } from '../secrets/certificate.ts';
import type { AskedServer } from './reload.ts';

const ANSWER_WITHIN_MS = 5_000;

/** Few commands, so its protocol is spoken here: the client library would go on to ask what this user may not. */
export function valkeyServer(server: CacheServer, files: TlsFiles): AskedServer {
  return {
    async reload() {
      await signedIn(server, (socket) =>
        // All in one: it takes the three together or none of them.
        ask(socket, [
          ...['CONFIG', 'SET'],
          ...['tls-cert-file', files.cert],
          ...['tls-key-file', files.key],
          ...['tls-ca-cert-file', files.ca],
        ]),
      );
    },
    shown: () => signedIn(server, async (socket) => socket.getPeerX509Certificate()!),
  };
}

/**
 * Makes it read its list of users anew; connections of users who stay go on.
 * @param passwords one of them lets us in
 * @throws Problem CACHE_REFUSED: it goes on with the list before
 */
export const loadUsers = (server: CacheServer, passwords: string[], file: string): Promise<void> =>
  signedIn(
    server,
    (socket) =>
      ask(socket, ['ACL', 'LOAD'], {
        field: file,
        fix: 'Correct the list; until then it goes on with the one before. Who may not load it was not in that one: restart Valkey once.',
      }),
    passwords,
  );

/** @throws Problem CACHE_REFUSED, CACHE_AWAY */
export const signInAs = (server: CacheServer, password: string): Promise<void> =>
  signedIn(server, async () => {}, [password]);

async function signedIn<Result>(
  { host, port, user = 'default', password = '', tls }: CacheServer,
  work: (socket: TLSSocket) => Promise<Result>,
  passwords = [password],
): Promise<Result> {
  const socket = connect({ host, port, ...tls, minVersion: 'TLSv1.3' });
  // It may tell two; the first is told by what is waited for.
  socket.on('error', () => {});
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await signIn(socket, user, passwords);
    return await work(socket);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const { code } = cause as { code?: string };
    const why = code === undefined || code === 'ABORT_ERR' ? 'in time' : `(${code})`;
    throw new Problem('CACHE_AWAY', `Valkey does not answer ${why}.`, {
      field: 'cache.json',
      fix: 'Check that it runs, its address, and that its certificate and ours come from the same authority.',
      cause,
    });
  } finally {
    socket.destroy();
  }
}

async function signIn(socket: TLSSocket, user: string, [password, ...others]: string[]): Promise<void> {
  try {
    await ask(socket, ['AUTH', user, password!]);
  } catch (error) {
    if (others.length === 0 || !(error instanceof Problem)) throw error;
    await signIn(socket, user, others);
  }
}

const OUR_SIGN_IN = {
  field: 'cache.json',
  fix: 'Check user and password, the user’s rights in users.acl, and Valkey’s own log.',
};

/** @throws Problem CACHE_REFUSED with Valkey's own words, which repeat nothing of the command */
async function ask(socket: TLSSocket, words: string[], refused = OUR_SIGN_IN): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join('')}`);
  let answer = '';
  while (!answer.endsWith('\r\n')) {
    const [data] = (await once(socket, 'data', { signal })) as [Buffer];
    answer += data.toString();
  }
  if (answer.startsWith('+')) return;
  throw new Problem(
    'CACHE_REFUSED',
    `Valkey refused: ${answer.slice(1).trim()}.`.replace('..', '.'),
    refused,
  );
}
