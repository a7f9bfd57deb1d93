import { once } from 'node:events';
import { createServer } from 'node:net';
import { Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

const PATIENCE_MS = 3000;

export async function portFree(patient: Patient): Promise<string> {
  const { host, port } = patient.settings();
  if (port === 0) return 'any free one';
  const problem = await listenOnce(host, port);
  if (!problem) return `${host}:${port} is free`;
  if (problem.code === 'EADDRINUSE' && (await ourSiteAnswers(host, port)))
    return `our site answers on ${host}:${port}`;
  throw new Problem('PORT_TAKEN', `The site cannot listen on ${host}:${port} (${problem.code}).`, {
    field: 'PORT',
    fix:
      problem.code === 'EADDRINUSE'
        ? `Stop what listens there, or choose another: PORT=${port + 1} npm start`
        : 'Set PORT and HOST to an address of this machine that this user may listen on.',
  });
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

async function ourSiteAnswers(host: string, port: number): Promise<boolean> {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${reachable}:${port}/api/v1/platform`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const status = (await answer.json()) as { shape?: unknown };
    return typeof status.shape === 'string';
  } catch {
    return false;
  }
}
