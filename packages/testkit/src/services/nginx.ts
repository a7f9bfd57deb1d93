/** A real nginx with the configuration of deploy/images/frontend, in front of any number of API processes. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileOfNeeds, requireProgram } from '../programs/find.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder, writeWhole } from './owned.ts';
import type { Bundle } from './certificates.ts';
import { freePort, Service } from './service.ts';

const deploy = resolve(import.meta.dirname, '../../../../deploy/images/frontend');
const OWN_FILES = ['nginx.conf', 'proxy.conf', 'tls.conf', 'headers.conf', 'away.conf'];
/** Connections to each API process, of each kind: no number of one keeps the others out. What it makes and what it has: */
const MOST_READING = 24;
const MOST_WRITING = 8;
/** As many as it sends at once: whoever reads a picture slowly holds one. */
const MOST_FILES = 40;
const LOG_PIECES = ' buffer=4k flush=1s';
/** who it runs as where it may choose */
export const NOBODY = { uid: 65534, gid: 65534 };
const MIME_TYPES = ['/etc/nginx/mime.types', '/opt/homebrew/etc/nginx/mime.types'];

export type NginxOptions = {
  /** of the API processes, e.g. http://127.0.0.1:4000; one whose host is a name needs a resolver */
  upstreams: string[];
  /** a server of DNS that is asked again every second, as in the cluster */
  resolver?: string;
  /** folder of the web build */
  webBuild: string;
  /** the build of the release before */
  previousBuild?: string;
  /** its own certificate, when the API asks for one */
  tls?: Bundle;
  /** the folder with it, which somebody else writes as nginx's user */
  secrets?: string;
  /** networks whose X-Forwarded-For is believed, as Traefik's is */
  trustedProxies?: string[];
  /** a free one by default */
  port?: number;
  host?: Host | undefined;
  /** write the access log as production does, in pieces; else each line is there at once, for whoever looks for it */
  logInPieces?: boolean;
};

export type NginxServer = {
  service: Service;
  /** where visitors reach it */
  address: string;
  /** stub status */
  statusAddress: string;
  /** of its certificate's files */
  secrets: string;
  /** points it at other processes, as a change of DNS does */
  useUpstreams(upstreams: string[]): void;
  /** gives it another certificate, taken at the next connection to the API; another authority, at the next reload */
  useCertificate(bundle: Bundle): void;
  /** the access log so far, a line each */
  accessLog(): Record<string, unknown>[];
  remove(): Promise<void>;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startNginx(options: NginxOptions): Promise<NginxServer> {
  const { host = thisMachine } = options;
  const command = requireProgram('nginx');
  const folder = makeOwnFolder('nginx');
  const at = (...path: string[]): string => join(folder.path, ...path);
  const secrets = options.secrets ?? at('secrets');
  const mutualTls = Boolean(options.tls ?? options.secrets);
  const port = options.port ?? (await freePort());
  const statusPort = await freePort();
  for (const path of ['local', 'tmp', 'srv/pages']) mkdirSync(at(path), { recursive: true });
  for (const path of ['.', 'tmp', 'srv', 'local']) chmodSync(at(path), 0o755);
  // As in the container: no rights, and one folder that it may write to.
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  if (user) chownSync(at('tmp'), user.uid, user.gid);
  cpSync(join(options.webBuild, 'client'), at('srv/current'), { recursive: true });
  if (options.previousBuild)
    cpSync(join(options.previousBuild, 'client'), at('srv/previous'), { recursive: true });
  copyFileSync(join(deploy, 'unavailable.html'), at('srv/pages/unavailable.html'));
  for (const file of OWN_FILES) writeFileSync(at(file), place(readFileSync(join(deploy, file), 'utf8')));
  symlinkSync(MIME_TYPES.find((file) => existsSync(file)) ?? '', at('mime.types'));
  writeFileSync(at('local/modules.conf'), `load_module ${fileOfNeeds('nginx')!};\n`);
  if (options.tls) useCertificate(options.tls);
  writePlace(options.upstreams);

  const service = new Service({
    name: 'nginx',
    command,
    args: ['-e', '/dev/stderr', '-c', at('nginx.conf'), '-p', folder.path, '-g', 'daemon off;'],
    folder: folder.path,
    host,
    user,
    stopSignal: 'SIGQUIT', // after the requests that are on their way
    ready: async () => {
      const answer = await fetch(`http://${host.address}:${statusPort}/healthz`);
      if (!answer.ok) throw new Error(`${answer.status}`);
    },
  });
  await service.start();
  return {
    service,
    address: `http://${host.address}:${port}`,
    statusAddress: `http://${host.address}:${statusPort}/status`,
    secrets,
    useUpstreams(upstreams) {
      writePlace(upstreams);
      service.reload();
    },
    useCertificate,
    accessLog: () =>
      service
        .log()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async remove() {
      await service.stop();
      folder.remove();
    },
  };

  function useCertificate(bundle: Bundle): void {
    mkdirSync(secrets, { recursive: true });
    const pem = bundle['tls.key'] + bundle['tls.crt'] + bundle['ca.crt'];
    writeWhole(secrets, { ...bundle, 'tls.pem': pem }, user);
  }

  /** The paths of the container, here. */
  function place(text: string): string {
    return (options.logInPieces ? text : text.replace(LOG_PIECES, ''))
      .replaceAll('/tmp/', `${at('tmp')}/`) // first: the folder itself is below /tmp
      .replaceAll('/srv', at('srv'))
      .replaceAll('/etc/nginx/local', at('local'))
      .replaceAll('/vault/secrets', secrets)
      .replace('listen 8080', `listen ${host.address}:${port}`)
      .replace('listen 8081', `listen ${host.address}:${statusPort}`)
      .replace('worker_processes auto', 'worker_processes 2');
  }

  function writePlace(upstreams: string[]): void {
    const trusted = (options.trustedProxies ?? [])
      .map((network) => `set_real_ip_from ${network};\n`)
      .join('');
    writeFileSync(
      at('local/place.conf'),
      [
        mutualTls ? `include ${at('tls.conf')};\n` : '',
        options.resolver ? byName(upstreams) : byAddress(upstreams),
        trusted,
      ].join(''),
    );
  }

  /** As containers have it: a variable makes nginx ask for the address again and again. */
  function byName([upstream]: string[]): string {
    const variables = ['api', 'api_files'].map((name) => `map "" $${name} { default ${upstream}; }\n`);
    return [`resolver ${options.resolver} valid=1s ipv6=off;\n`, ...variables].join('');
  }

  function byAddress(upstreams: string[]): string {
    const group = (name: string, most: number): string => {
      const servers = upstreams.map(
        (upstream) =>
          // Never taken for dead: one that is slow for a moment would leave all its work to the other.
          `server ${new URL(upstream).host} max_fails=0 max_conns=${most};`,
      );
      return `upstream ${name} { zone ${name} 128k; ${servers.join(' ')} keepalive ${most * upstreams.length}; }\n`;
    };
    const scheme = mutualTls ? 'https' : 'http';
    return [
      group('api', MOST_READING),
      group('api_writes', MOST_WRITING),
      group('api_files', MOST_FILES),
      `map $changes $api { 0 ${scheme}://api; default ${scheme}://api_writes; }\n`,
      `map "" $api_files { default ${scheme}://api_files; }\n`,
    ].join('');
  }
}
