/** Everybody gets a new certificate while visitors read. */
import { X509Certificate } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Platform, WatchedServer } from '@homepage/testkit/platform-shape';
import { serialShown } from '@homepage/testkit/services';
import { drillOf } from './under-load.ts';

const ROUNDS = 3;
const SHOWN_WITHIN_MS = 20_000;
const SERVERS: WatchedServer[] = ['postgresql', 'valkey'];

export const certificates = [
  drillOf({
    name: 'rotate-certificates',
    about: 'The API, nginx, PostgreSQL and Valkey get new certificates, three times in a row.',
    async make({ platform, say }) {
      for (const server of SERVERS) await platform.watch(server);
      const times: number[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        say(`round ${round} …`);
        const start = performance.now();
        await platform.rotateFrontend();
        for (const server of SERVERS) {
          const bundle = await platform.rotateServer(server);
          await shown(bundle['tls.crt'], () => shownBy(platform, server));
        }
        const files = await platform.rotate();
        for (const { address } of platform.replicas) {
          const { hostname, port } = new URL(address);
          await shown(files['tls.crt']!, () => serialShown(Number(port), { host: hostname }));
        }
        times.push(performance.now() - start);
      }
      const slowest = (Math.max(...times) / 1000).toFixed(1);
      return `Every handshake showed the new serial number ${slowest} s after the files were written, or sooner.`;
    },
  }),
];

/** @throws Error when it is not what a server shows in time */
async function shown(certificate: string, serial: () => Promise<string>): Promise<void> {
  const wanted = new X509Certificate(certificate).serialNumber;
  for (let waited = 0; waited < SHOWN_WITHIN_MS; waited += 100) {
    if ((await serial().catch(() => '')) === wanted) return;
    await wait(100);
  }
  throw new Error(`The certificate ${wanted} was never shown.`);
}

const shownBy = (platform: Platform, server: WatchedServer): Promise<string> =>
  serialShown(platform[server].port, {
    host: platform.hosts.get(server)!.address,
    postgresql: server === 'postgresql',
  });
