/** A real MinIO on one disk, with a bucket and a user of its own. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { join } from 'node:path';
import { requireProgram } from '../programs/find.ts';
import type { Bundle } from './certificates.ts';
import { thisMachine, type Host } from './host.ts';
import { makeOwnFolder } from './owned.ts';
import { freePort, Service } from './service.ts';

export type MinioServer = {
  service: Service;
  /** what the secret file storage.json holds */
  connection: { endpoint: string; bucket: string; accessKey: string; secretKey: string };
  remove(): Promise<void>;
};

export type MinioOptions = {
  bucket?: string;
  host?: Host | undefined;
  /** an empty folder for its data; one of its own by default */
  disk?: string | undefined;
  /** its certificate; it speaks plain HTTP without */
  tls?: Bundle | undefined;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const { bucket = 'homepage', host = thisMachine, tls } = options;
  const command = requireProgram('minio');
  const folder = makeOwnFolder('minio');
  const data = options.disk ?? join(folder.path, 'data');
  // A folder below the disk is a bucket: no client is needed to make the first one.
  mkdirSync(join(data, bucket), { recursive: true });
  const port = await freePort();
  const endpoint = `${tls ? 'https' : 'http'}://${host.address}:${port}`;
  const certificates = join(folder.path, 'certificates');
  mkdirSync(certificates);
  if (tls) {
    writeFileSync(join(certificates, 'public.crt'), tls['tls.crt']);
    writeFileSync(join(certificates, 'private.key'), tls['tls.key']);
  }
  const accessKey = 'homepage';
  const secretKey = randomBytes(24).toString('hex');
  const service = new Service({
    name: 'minio',
    command,
    args: [
      'server',
      '--address',
      `${host.address}:${port}`,
      '--console-address',
      '127.0.0.1:0',
      '--certs-dir',
      certificates,
      data,
    ],
    folder: folder.path,
    host,
    env: {
      HOME: folder.path,
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    },
    ready: async () => {
      const get = tls ? getHttps : getHttp;
      const request = get(`${endpoint}/minio/health/ready`, {
        ca: tls?.['ca.crt'],
        // Every certificate of a server names it; not each names an address.
        ...(tls && { servername: 'localhost' }),
        agent: false,
      });
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      answer.resume();
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`);
    },
  });
  await service.start();
  return {
    service,
    connection: { endpoint, bucket, accessKey, secretKey },
    async remove() {
      await service.stop();
      folder.remove();
    },
  };
}
