import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { startOpsServer, type OpsServer } from './ops-server.ts';

const open: OpsServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function startOn(port: number, ready = (): void => {}, orNextFree = true): Promise<OpsServer> {
  const server = await startOpsServer({
    host: '127.0.0.1',
    port,
    orNextFree,
    ready,
    registry: new Registry(),
  });
  open.push(server);
  return server;
}

test('answers liveness, readiness and metrics', async () => {
  const { port } = await startOn(0);
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  expect((await get('/livez')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  expect(await (await get('/metrics')).text()).toMatch(/^process_resident_memory_bytes \d+/m);
  expect((await get('/other')).status).toBe(404);
});

test('is alive but not ready when something is missing, and says what', async () => {
  const { port } = await startOn(0, () => {
    throw new Error('the schema lacks 0002');
  });
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([response.status, await response.text()]).toEqual([503, 'not ready: the schema lacks 0002\n']);
});

test('takes the next free port when its own is in use', async () => {
  const first = await startOn(0);
  const second = await startOn(first.port);
  expect(second.port).toBeGreaterThan(first.port);
});

test('on a server a port that is in use is a failure that names the variable', async () => {
  const { port } = await startOn(0);
  await expect(startOn(port, undefined, false)).rejects.toMatchObject({
    code: 'OPS_PORT_TAKEN',
    field: 'OPS_PORT',
  });
});
