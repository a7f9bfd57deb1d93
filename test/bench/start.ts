/** From the start of the process until it is ready for visitors, as Kubernetes asks it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { freePort, makeOwnFolder } from '@homepage/testkit/services';
import { processEnvironment, startPlatform } from '@homepage/testkit/platform-shape';
import { measured, median, type Bench } from './row.ts';

const STARTS = 9;
const ASK_EVERY_MS = 5;
const LATEST_MS = 20_000;
const program = resolve(import.meta.dirname, '../../apps/api/bin/serve.js');

const WHY =
  'about 900 files are found, read and linked one by one (Kysely has 285, Zod 99), since the API has no build step that would join them; on a machine that is busy it takes two or three times as long.';

export const start: Bench = {
  how: `A process of the API is started with all its secret files, on PostgreSQL, Valkey and MinIO, until /readyz answers 200, which it does once the migrations were checked; the median of ${STARTS}, after one that is not counted (it writes Node's compile cache).`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({
      replicas: 1,
      onProgress: (what) => console.error(`starting ${what} …`),
    });
    const folder = makeOwnFolder('bench');
    try {
      const secrets = join(folder.path, 'secrets');
      mkdirSync(secrets, { mode: 0o700 });
      for (const [name, text] of Object.entries(await platform.rotate()))
        writeFileSync(join(secrets, name), text, { mode: 0o600 });
      console.error(`starting ${STARTS + 1} times …`);
      const seconds: number[] = [];
      // One that ends in order: only then Node keeps what it compiled.
      await platform.replicas[0]!.stop();
      for (let round = 0; round <= STARTS; round++) seconds.push(await startOnce(secrets, folder.path));
      const name = 'process start → ready, migrations checked';
      return [measured({ name, unit: 's', why: WHY }, median(seconds.slice(1)), { most: 0.7 })];
    } finally {
      await platform.stop();
      folder.remove();
    }
  },
};

/** @returns seconds */
async function startOnce(secrets: string, dataDir: string): Promise<number> {
  const opsPort = await freePort();
  const { PATH, HOME } = process.env;
  const begin = performance.now();
  const child = spawn(process.execPath, [program], {
    env: {
      ...processEnvironment(),
      PATH,
      HOME,
      SECRETS_DIR: secrets,
      DATA_DIR: dataDir,
      PORT: '0',
      OPS_PORT: String(opsPort),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    while (!(await isReady(`http://127.0.0.1:${opsPort}/readyz`))) {
      if (child.exitCode !== null) throw new Error(`the API ended with ${child.exitCode}`);
      if (performance.now() - begin > LATEST_MS) throw new Error('the API is not ready');
      await wait(ASK_EVERY_MS);
    }
    return (performance.now() - begin) / 1000;
  } finally {
    // In order it would wait until those in front have seen that it goes.
    child.kill('SIGKILL');
    await exited;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false; // it does not listen yet
  }
}
