/** The same nginx with as little configuration as it takes, serving files that are compressed already. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOfNeeds, findProgram } from '@homepage/testkit/programs';
import { freePort, makeOwnFolder, Service } from '@homepage/testkit/services';
import { pin } from './cores.ts';

export type PeerNginx = { address: string; stop(): Promise<void> };

/**
 * @param files brotli bytes by name, e.g. "home.html"
 * @param log what it writes of each request, as a line of its configuration
 */
export async function startPeerNginx(files: Record<string, Buffer>, log: string): Promise<PeerNginx> {
  const folder = makeOwnFolder('peer-nginx');
  const www = join(folder.path, 'www');
  mkdirSync(www);
  chmodSync(www, 0o755);
  // As ours runs: without rights.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
  if (user) chownSync(folder.path, user.uid, user.gid);
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(www, name), bytes);
    writeFileSync(join(www, `${name}.br`), bytes);
  }
  const port = await freePort();
  const configuration = `
load_module ${fileOfNeeds('nginx')!};
worker_processes 2;
pid ${folder.path}/nginx.pid;
events { worker_connections 1024; }
http {
  types { text/html html; }
  sendfile on;
  tcp_nopush on;
  ${log}
  server {
    listen 127.0.0.1:${port} reuseport;
    root ${www};
    brotli_static on;
  }
}
`;
  writeFileSync(join(folder.path, 'nginx.conf'), configuration);
  const service = new Service({
    name: 'peer-nginx',
    command: findProgram('nginx')!,
    args: [
      '-e',
      '/dev/stderr',
      '-c',
      join(folder.path, 'nginx.conf'),
      '-p',
      folder.path,
      '-g',
      'daemon off;',
    ],
    folder: folder.path,
    user,
    ready: () => fetch(`http://127.0.0.1:${port}/`),
  });
  await service.start();
  pin(service.pid);
  return {
    address: `http://127.0.0.1:${port}`,
    async stop() {
      await service.stop();
      folder.remove();
    },
  };
}
