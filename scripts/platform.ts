/**
 * `npm run platform [-- --port 8080 --replicas 2 --empty]`: the whole platform shape on this machine, until Ctrl-C. Everything it
 * keeps is in temporary folders that go with it.
 */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Problem } from '@homepage/platform';
import { bringProgram, requireProgram, type ProgramName } from '@homepage/testkit/programs';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { parseOrEnd, wholeNumber } from './parse.ts';

const HELP = `npm run platform [-- --port 8080 --replicas 2 --empty]
nginx, API replicas, PostgreSQL and Valkey over mutual TLS, and MinIO, each as in production, on this machine.
  --port N       where visitors reach it (8080)
  --replicas N   API processes, 1 to 6 (2)
  --empty        without the sample content
Ctrl-C stops all and leaves nothing behind.`;

const SERVERS: ProgramName[] = ['postgresql', 'valkey', 'minio', 'nginx'];

try {
  await run();
} catch (error) {
  console.error(error instanceof Problem ? `${error.message}\n${error.fix}` : (error as Error).message);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseOrEnd({
    port: { type: 'string', default: '8080' },
    replicas: { type: 'string', default: '2' },
    empty: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (values.help) return console.log(HELP);
  const port = wholeNumber('--port', values.port, 1, 65535);
  const replicas = wholeNumber('--replicas', values.replicas, 1, 6);
  if (port === undefined || replicas === undefined) return;
  if (await isTaken(port)) {
    throw new Problem('PORT_TAKEN', `Port ${port} is in use.`, {
      fix: `Stop what listens there, or choose another: npm run platform -- --port ${port + 1}`,
    });
  }
  for (const name of SERVERS) {
    await bringProgram(name, (line) => console.error(line));
    requireProgram(name);
  }
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 2, 2] });
  if (build.status !== 0) throw new Error('The web app could not be built; what it said is above.');
  const platform = await startPlatform({
    port,
    replicas,
    sample: !values.empty,
    onProgress: (what) => console.error(`starting ${what} …`),
  });
  console.log(`The site: ${platform.address}`);
  platform.replicas.forEach(({ address, opsAddress }, index) =>
    console.log(`API ${index + 1}: ${address}, health and metrics ${opsAddress}`),
  );
  console.log(`nginx status: ${platform.nginx.statusAddress}`);
  console.log(
    `PostgreSQL: 127.0.0.1:${platform.postgresql.port}; Valkey: 127.0.0.1:${platform.valkey.port}; MinIO: ${platform.minio.connection.endpoint}`,
  );
  console.log('Stop it with Ctrl-C.');
  let stopping = false;
  const watching = setInterval(() => tellOfTheDead(platform), 1_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      clearInterval(watching);
      console.error('stopping …');
      void platform.stop().then(() => process.exit(0));
    });
  }
}

const told = new Set<string>();

/** A part that has ended by itself is told once; the others go on, as they would in production. */
function tellOfTheDead({ postgresql, valkey, minio, nginx, replicas }: Platform): void {
  const servers = { PostgreSQL: postgresql, Valkey: valkey, MinIO: minio, nginx };
  const parts = [
    ...Object.entries(servers).map(([name, { service }]) => ({
      name,
      running: service.running,
      log: () => service.log(),
    })),
    ...replicas.map(({ process: { exitCode, signalCode }, output }, index) => ({
      name: `API ${index + 1}`,
      running: exitCode === null && signalCode === null,
      log: output,
    })),
  ];
  for (const { name, running, log } of parts) {
    if (running || told.has(name)) continue;
    told.add(name);
    const lines = log().trimEnd().split('\n').slice(-5);
    console.error(`${name} has ended. The last it said:\n${lines.join('\n')}`);
  }
}

function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(true));
    server.listen(port, '127.0.0.1', () => server.close(() => done(false)));
  });
}
