/** A platform whose every secret comes from Vault, under the load of steady visitors, and what each of its doors says to a certificate. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { askServer, makeNetwork, serialShown, type Bundle } from '@homepage/testkit/services';
import { readSettings } from '@homepage/platform';
import { startVaultPlatform, type VaultPlatform } from '@homepage/testkit/vault-platform';
import { describe, missing, samples } from '../faults/under-load.ts';
import { Visitors } from '../faults/visitors.ts';
import type { Drill, Length } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';

/** Long enough for a platform to start, and for a drill to see the end of one. Agents renew after about the half. */
const LEAF_SECONDS = 90;
const RENDER_SECONDS = { short: 3, full: 60 };
const DONE_WITHIN_MS = 150_000;

export type PlatformScene = { platform: VaultPlatform; length: Length; say: (what: string) => void };
/** @returns what was not as promised, and what else to tell */
type PlatformAct = (scene: PlatformScene) => Promise<{ broken: string[]; detail: string }>;

export function platformDrill(name: string, about: string, act: PlatformAct): Drill {
  return {
    name,
    about,
    async run(say, length) {
      const network = ownsItsNetwork() ? makeNetwork() : undefined;
      let platform: VaultPlatform | undefined;
      try {
        say('starting a platform and its Vaults …');
        platform = await startVaultPlatform({
          leafSeconds: LEAF_SECONDS,
          renderSeconds: RENDER_SECONDS[length],
        });
        const processes = [platform.postgresql.service, platform.valkey.service];
        const pids = processes.map(({ pid }) => pid).join();
        const visitors = new Visitors(platform);
        await visitors.begin();
        const { broken, detail } = await act({ platform, length, say });
        const seen = await visitors.end();
        if (processes.map(({ pid }) => pid).join() !== pids)
          broken.push('PostgreSQL or Valkey was restarted');
        const { unread, writes } = seen;
        broken.push(...samples('reads', seen.failedReads), ...samples('pages never read', unread.failed));
        const refused = unread.unavailable + writes.refused + writes.unanswered;
        return {
          requests:
            seen.reads + unread.answered + unread.failed.length + writes.acknowledged.length + refused,
          // Nothing is broken here: who is told to come again was failed, too.
          failed: seen.failedReads.length + unread.failed.length + refused,
          lost: await missing(platform, writes.acknowledged),
          recoverySeconds: null,
          detail: `${detail} ${describe(seen)}`,
          broken,
        };
      } finally {
        await platform?.stop();
        network?.remove();
      }
    },
  };
}

/** Doors of the platform that a certificate opens. */
export const DOORS = ['api-1', 'api-2', 'postgresql', 'valkey'] as const;
export type Door = (typeof DOORS)[number];

/** Whose certificate a door shows. */
export const shownAt = (door: Door): 'api' | 'postgresql' | 'valkey' =>
  door === 'postgresql' || door === 'valkey' ? door : 'api';
/** Whose certificate opens it. */
export const opensIt = (door: Door): 'api' | 'frontend' => (shownAt(door) === 'api' ? 'frontend' : 'api');

export const portOf = ({ replicas, postgresql, valkey }: VaultPlatform, door: Door): number =>
  door === 'postgresql'
    ? postgresql.port
    : door === 'valkey'
      ? valkey.port
      : Number(new URL(replicas[door === 'api-1' ? 0 : 1]!.address).port);

export const serialAt = (platform: VaultPlatform, door: Door): Promise<string> =>
  serialShown(portOf(platform, door), { postgresql: door === 'postgresql' });

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const QUESTIONS = { api: 'GET /api/v1/site HTTP/1.0\r\nHost: localhost\r\n\r\n', valkey: 'PING\r\n' };
/** of PostgreSQL: sign me in (https://www.postgresql.org/docs/current/protocol-message-formats.html) */
const STARTUP = (() => {
  const text = Buffer.from('\0\x03\0\0user\0homepage_app\0database\0homepage\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length + 4);
  return Buffer.concat([length, text]);
})();

/** @returns undefined when the door lets it in; otherwise what it said, such as "certificate expired" */
export async function refusal(
  platform: VaultPlatform,
  door: Door,
  bundle: Bundle,
): Promise<string | undefined> {
  const server = shownAt(door);
  const plain = connectPlain(portOf(platform, door), '127.0.0.1');
  plain.on('error', () => {});
  await once(plain, 'connect');
  if (server === 'postgresql') {
    plain.write(SSL_REQUEST);
    await once(plain, 'data');
  }
  const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = bundle;
  const socket = connectTls({ socket: plain, cert, key, ca, servername: 'localhost' });
  const asked = server === 'postgresql' ? STARTUP : QUESTIONS[server];
  return new Promise<string | undefined>((done) => {
    socket.on('secureConnect', () => socket.write(asked));
    // "R": asked for nothing but the certificate. "E": an error.
    socket.on('data', (data: Buffer) =>
      done(server === 'postgresql' && data[0] !== 82 ? data.toString('latin1') : undefined),
    );
    socket.on('error', ({ message }) => done(message));
    socket.on('close', () => done('it hung up'));
  }).finally(() => socket.destroy());
}

/** Whether Valkey lets the API in with this password. */
export const opensCache = ({ valkey, bundleOf }: VaultPlatform, password: string): Promise<boolean> =>
  askServer('127.0.0.1', valkey.port, bundleOf('api'), [`AUTH api ${password}`, 'PING']).then(
    () => true,
    () => false,
  );

/** Times that each replica took over what it signs in to a part with. */
export const reloadsOf = ({ replicas }: VaultPlatform, part: 'storage' | 'cache'): Promise<number[]> =>
  Promise.all(
    replicas.map(async ({ opsAddress }) => {
      const text = await (await fetch(`${opsAddress}/metrics`)).text();
      return Number(new RegExp(`^homepage_reloads_total\\{part="${part}"\\} (\\d+)`, 'm').exec(text)?.[1]);
    }),
  );

/** Waits until each replica has taken over what its files hold now. */
export async function takenOver(
  platform: VaultPlatform,
  part: 'storage' | 'cache',
  before: number[],
): Promise<void> {
  await until(`both replicas sign in to the ${part} anew`, async () =>
    (await reloadsOf(platform, part)).every((count, index) => count > before[index]!),
  );
}

/**
 * Changes the password of a user of Valkey in Vault, and waits until both replicas are signed in with what their agent wrote.
 * @returns the new password, and seconds from Vault to use
 */
export async function changeCachePassword(
  platform: VaultPlatform,
  change: (secret: string) => Promise<unknown>,
): Promise<{ password: string; seconds: string }> {
  const passwordIn = (): string =>
    readSettings({ SECRETS_DIR: platform.agents.get('api')!.secrets }).cache!.password!;
  const before = passwordIn();
  const start = performance.now();
  await change('valkey/user-api');
  await until('the API’s agent writes a new password', () => passwordIn() !== before);
  const reloads = await reloadsOf(platform, 'cache');
  const password = passwordIn();
  await Promise.all([
    takenOver(platform, 'cache', reloads),
    until('Valkey takes the new password', () => opensCache(platform, password)),
  ]);
  return { password, seconds: ((performance.now() - start) / 1000).toFixed(1) };
}

/** @throws Error when it is not so in time */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < DONE_WITHIN_MS) {
    if (await isSo()) return;
    await wait(100);
  }
  throw new Error(`It was never so: ${what}.`);
}

export const leafOf = (bundle: Bundle): X509Certificate => new X509Certificate(bundle['tls.crt']);

/** Waits for the end of these certificates; then none of them opens a door, and what took their place does. */
export async function endedOnesAreRefused(
  platform: VaultPlatform,
  old: Record<'api' | 'frontend', Bundle>,
): Promise<string[]> {
  const end = Math.max(...Object.values(old).map((bundle) => leafOf(bundle).validToDate.getTime()));
  await wait(Math.max(0, end - Date.now()) + 1_000);
  const broken: string[] = [];
  for (const door of DOORS) {
    const own = opensIt(door);
    if ((await refusal(platform, door, old[own])) === undefined)
      broken.push(`${door} let the certificate of ${own} in that had ended`);
    const why = await refusal(platform, door, platform.bundleOf(own));
    if (why !== undefined) broken.push(`${door} refused the new certificate of ${own}: ${why}`);
  }
  return broken;
}
