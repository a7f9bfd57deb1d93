/** A real MinIO on one disk, with a bucket and a user of its own; or one node of several. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** its certificate is written by somebody else into this folder, as public.crt and private.key */
  certificates?: string;
  /** one of several: its place among all, the ports and disks of all, and the secret that they share */
  node?: MinioNode;
};

type MinioNode = {
  index: number;
  ports: number[];
  disks: string[];
  secretKey: string;
};

/** @throws Problem PROGRAM_MISSING; Error with the log when it does not start */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const { bucket = 'homepage', host = thisMachine, tls, node } = options;
  const secure = tls !== undefined || options.certificates !== undefined;
  const command = requireProgram('minio');
  const folder = makeOwnFolder('minio');
  const data = options.disk ?? join(folder.path, 'data');
  // A folder below the disk is a bucket: no client is needed to make the first one. Several nodes make it together.
  if (!node) mkdirSync(join(data, bucket), { recursive: true });
  const port = node?.ports[node.index] ?? (await freePort());
  const endpoint = `${secure ? 'https' : 'http'}://${host.address}:${port}`;
  const certificates = options.certificates ?? join(folder.path, 'certificates');
  mkdirSync(certificates, { recursive: true });
  if (tls) {
    writeFileSync(join(certificates, 'public.crt'), tls['tls.crt']);
    writeFileSync(join(certificates, 'private.key'), tls['tls.key']);
    // Nodes believe each other by it.
    mkdirSync(join(certificates, 'CAs'));
    writeFileSync(join(certificates, 'CAs', 'ca.crt'), tls['ca.crt']);
  }
  const accessKey = 'homepage';
  const secretKey = node?.secretKey ?? randomBytes(24).toString('hex');
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
      ...(node
        ? node.ports.map((own, n) => `${tls ? 'https' : 'http'}://${host.address}:${own}${node.disks[n]}`)
        : [data]),
    ],
    folder: folder.path,
    host,
    env: {
      HOME: folder.path,
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      // Several on the disk of one machine: it would refuse that.
      ...(node && { MINIO_CI_CD: '1' }),
    },
    ready: async () => {
      const get = secure ? getHttps : getHttp;
      const request = get(`${endpoint}/minio/health/ready`, {
        ca: secure ? (tls?.['ca.crt'] ?? readFileSync(join(certificates, 'ca.crt'))) : undefined,
        // Every certificate of a server names it; not each names an address.
        ...(secure && { servername: 'localhost' }),
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

/**
 * Four nodes with a disk each: any two disks hold every object, and three take writes.
 * @param tls names every node
 * @throws Problem PROGRAM_MISSING; Error with the log of what did not start; nothing is left running then
 */
export async function startMinioNodes(tls: Bundle, host: Host = thisMachine): Promise<MinioServer[]> {
  const folder = makeOwnFolder('minio-disks');
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const disks = ports.map((_port, n) => join(folder.path, `disk-${n}`));
  for (const disk of disks) mkdirSync(disk);
  const secretKey = randomBytes(24).toString('hex');
  // None is ready before the others are there.
  const starting = await Promise.allSettled(
    ports.map((_port, index) => startMinio({ host, tls, node: { index, ports, disks, secretKey } })),
  );
  const nodes = starting.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = starting.find((one) => one.status === 'rejected');
  if (failed) {
    for (const node of nodes) await node.remove();
    folder.remove();
    throw failed.reason;
  }
  // As above, now that they have taken their disks.
  for (const disk of disks) mkdirSync(join(disk, nodes[0]!.connection.bucket));
  const [first, ...others] = nodes;
  const remove = async (): Promise<void> => {
    await first!.remove();
    folder.remove();
  };
  return [{ ...first!, remove }, ...others];
}
