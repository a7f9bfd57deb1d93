/**
 * A small process beside a server: when the server's certificate files change, it makes the server show the new one, and when
 * Valkey's list of users does, load it.
 */
import { once } from 'node:events';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describeError } from '@homepage/platform';
import {
  certificateReload,
  renewOnChange,
  startOpsServer,
  type ReloadableServer,
  type UsersReload,
} from '@homepage/platform/ops';
import { whenInterrupted } from '../interrupt.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem } from '../usage.ts';

export type WatchOptions = { once?: boolean; usersOnly?: boolean; folder: string };

export async function watchCertificates(
  shell: Shell,
  server: ReloadableServer,
  { once: onlyOnce = false, usersOnly = false, folder: given }: WatchOptions,
): Promise<Outcome> {
  if (usersOnly && server !== 'valkey')
    throw new UsageProblem('--users-only: only Valkey has a list of users.', 'Leave it out, or name valkey.');
  const folder = shell.path(given);
  const reload = certificateReload({ server, folder, readSettings: () => shell.settings() });
  if (onlyOnce && usersOnly) {
    const { users } = reload;
    await users!.load(users!.read());
    return { ok: true, json: { server }, text: `${server} has loaded its list of users.` };
  }
  if (onlyOnce) {
    const shown = await reload.renew(reload.read());
    const { users } = reload;
    await users?.load(users.read());
    const text = `${server} shows the certificate ${shown.serial}, valid until ${shown.notAfter}.${users ? ' It has loaded its list of users.' : ''}`;
    return { ok: true, json: { server, ...shown }, text };
  }

  const { signal, ignore } = whenInterrupted();
  const { logLevel = 'info', opsHost, opsPort } = shell.settings();
  const log = pino(
    { level: logLevel, serializers: { err: describeError } },
    pino.destination({ fd: 2, sync: true }),
  );
  const registry = new Registry();
  /** why the files, or what the server shows, are not as they should be */
  const wrong: Partial<Record<'files' | 'server' | 'list' | 'users', string | undefined>> = {
    server: usersOnly ? undefined : 'the server was not asked yet',
    users: reload.users && 'its list of users was not loaded yet',
  };
  const ops = await startOpsServer({
    host: opsHost,
    port: opsPort,
    orNextFree: false,
    registry,
    ready() {
      const reason = wrong.files ?? wrong.server ?? wrong.list ?? wrong.users;
      if (reason !== undefined) throw new Error(reason);
    },
  });
  const renewal = renewOnChange({
    // None: then nobody looks.
    files: usersOnly ? [] : reload.files,
    inUse: undefined,
    read: () => noting('files', reload.read),
    parts: [
      {
        name: server,
        uses: ({ tls }) => tls,
        renew: (next) => noting('server', () => reload.renew(next)),
      },
    ],
    log,
    registry,
  });
  const users = reload.users && watchUsers(reload.users);
  const opsAddress = `http://${opsHost}:${ops.port}`;
  if (shell.json) process.stdout.write(`${JSON.stringify({ server, folder, opsAddress })}\n`);
  shell.note(`Watching ${folder} for ${server}. Health and metrics: ${opsAddress}/readyz`);
  if (!signal.aborted) await once(signal, 'abort');
  ignore();
  renewal.stop();
  users?.stop();
  await ops.close();
  return { ok: true, json: undefined, text: '' };

  /** For itself: a wrong list must not keep a certificate from being renewed, nor the other way round. */
  function watchUsers({ file, read, load }: UsersReload): { stop(): void } {
    return renewOnChange({
      files: [file],
      inUse: undefined,
      // Apart from the loading: a list that is put back to what was loaded before is not loaded again.
      read: () => noting('list', read),
      parts: [
        {
          name: 'users',
          uses: ({ text }) => ({ text }),
          renew: (next) => noting('users', () => load(next)),
        },
      ],
      log,
      registry,
    });
  }

  /** Why it failed is told by /readyz until it goes well. */
  function noting<Result>(part: keyof typeof wrong, work: () => Result): Result {
    const well = <Value>(value: Value): Value => {
      wrong[part] = undefined;
      return value;
    };
    const failed = (error: unknown): never => {
      wrong[part] = (error as Error).message;
      throw error;
    };
    try {
      const result = work();
      return result instanceof Promise ? (result.then(well, failed) as Result) : well(result);
    } catch (error) {
      return failed(error);
    }
  }
}
