import { once } from 'node:events';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { explainListenError, type Tls } from '@homepage/platform';
import type { Patient } from './patient.ts';

const PATIENCE_MS = 3000;

export async function portFree(patient: Patient): Promise<string> {
  const { host, port, tls } = patient.ownSettings();
  const ours = async (): Promise<boolean> => {
    const answer = await ask(host, port, '/api/v1/platform', tls);
    return typeof (JSON.parse(answer) as { shape?: unknown }).shape === 'string';
  };
  return free({ host, port, fields: { host: 'HOST', port: 'PORT' } }, ours);
}

export async function opsPortFree(patient: Patient): Promise<string> {
  const { opsHost: host, opsPort: port, database } = patient.ownSettings();
  const ours = async (): Promise<boolean> => (await ask(host, port, '/livez')) === 'ok\n';
  const fields = { host: 'OPS_HOST', port: 'OPS_PORT' };
  try {
    return await free({ host, port, fields, purpose: ', for health and metrics,' }, ours);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'OPS_PORT_TAKEN' && !database)
      return `${host}:${port} is in use; the next free one is taken`;
    throw error;
  }
}

/** @param ours whether what listens there is the site itself */
async function free(
  listening: Parameters<typeof explainListenError>[1],
  ours: () => Promise<boolean>,
): Promise<string> {
  const { host, port } = listening;
  const problem = await listenOnce(host, port);
  if (!problem) return port === 0 ? 'any free one' : `${host}:${port} is free`;
  if (problem.code === 'EADDRINUSE' && (await ours().catch(() => false)))
    return `our site answers on ${host}:${port}`;
  throw explainListenError(problem, listening) ?? problem;
}

async function listenOnce(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function ask(host: string, port: number, path: string, tls?: Tls): Promise<string> {
  const hostname = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const options = { hostname, port, path, timeout: PATIENCE_MS, agent: false };
  const request = tls
    ? // Its certificate names the service, not the address that it listens on.
      getHttps({ ...options, ...tls, checkServerIdentity: () => undefined })
    : getHttp(options);
  request.on('timeout', () => request.destroy(new Error('no answer')));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return text(answer);
}
