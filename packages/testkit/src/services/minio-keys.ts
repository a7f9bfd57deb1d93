/** Access keys of MinIO, by its own administrative API: a second one is made, the first one is taken back. */
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

export type AccessKey = { accessKey: string; secretKey: string };
type Server = {
  /** with https */ endpoint: string;
  /** PEM that its certificate comes from */ ca: string;
  /** who set it up */ root: AccessKey;
};

const MOST_ATTEMPTS = 100;

/** Of somebody who may read and write every bucket. */
export async function addAccessKey(server: Server): Promise<AccessKey> {
  const key = { accessKey: randomBytes(10).toString('hex'), secretKey: randomBytes(20).toString('hex') };
  const user = JSON.stringify({ secretKey: key.secretKey, status: 'enabled' });
  await ask(server, 'add-user', { accessKey: key.accessKey }, encrypted(server.root.secretKey, user));
  const policy = { policyName: 'readwrite', userOrGroup: key.accessKey, isGroup: 'false' };
  await ask(server, 'set-user-or-group-policy', policy);
  return key;
}

export const removeAccessKey = (server: Server, { accessKey }: AccessKey): Promise<void> =>
  ask(server, 'set-user-status', { accessKey, status: 'disabled' });

/** Signed as https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html says. */
async function ask(
  { endpoint, ca, root }: Server,
  name: string,
  parameters: Record<string, string>,
  body: Uint8Array = new Uint8Array(),
  attempt = 1,
): Promise<void> {
  const path = `/minio/admin/v3/${name}`;
  const query = new URLSearchParams(parameters);
  query.sort();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, data: string): Buffer =>
    createHmac('sha256', key).update(data).digest();
  const url = new URL(`${endpoint}${path}?${query.toString()}`);
  const headers = { host: url.host, 'x-amz-content-sha256': hash(body), 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([header, value]) => `${header}:${value}\n`);
  const canonical = ['PUT', path, query.toString(), lines.join(''), names, hash(body)].join('\n');
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${root.secretKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${root.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const sent = request(url, {
    method: 'PUT',
    ca,
    agent: false,
    servername: 'localhost',
    headers: { ...headers, authorization },
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(answer);
  // It is ready for objects a moment before it knows its users, and those a moment before the policies that it brings.
  if (/XMinioServerNotInitialized|XMinioAdminNoSuchPolicy/.test(said) && attempt < MOST_ATTEMPTS) {
    await wait(100);
    return ask({ endpoint, ca, root }, name, parameters, body, attempt + 1);
  }
  if (answer.statusCode !== 200) throw new Error(`MinIO answered ${answer.statusCode} to ${name}: ${said}`);
}

/**
 * As MinIO wants what holds a secret (github.com/minio/madmin-go, encrypt.go): salt, 2 for PBKDF2 with AES-GCM, nonce, and the
 * text as the only and last piece of a stream (github.com/secure-io/sio-go).
 */
function encrypted(password: string, plain: string): Buffer {
  const [salt, nonce] = [randomBytes(32), randomBytes(8)];
  const key = pbkdf2Sync(password, salt, 8192, 32, 'sha256');
  const seal = (piece: number, data: string, beside: Buffer): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(piece);
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.concat([nonce, count])).setAAD(beside);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  };
  const last = Buffer.concat([Buffer.from([0x80]), seal(0, '', Buffer.alloc(0))]);
  return Buffer.concat([salt, Buffer.from([2]), nonce, seal(1, plain, last)]);
}
