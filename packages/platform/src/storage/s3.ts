/** Objects in a bucket of an S3 storage (MinIO on the platform). */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { explainStorageError, notS3 } from './explain.ts';
import { checkKey } from './key.ts';
import type { Storage } from './storage.ts';

export type S3Target = {
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** of credentials that end by themselves */
  sessionToken?: string | undefined;
  /** PEM of the authority that the endpoint's certificate comes from; undefined: the system's */
  ca?: string | undefined;
};

/** S3 takes no smaller parts. A smaller object goes in one request. */
const PART_BYTES = 8 * 1024 * 1024;

/** A film that somebody is watching goes on over the old connection for as long as this. */
const OLD_ONE_ENDS_AFTER_MS = 300_000;

/** More than the files that visitors read at once (apps/api/src/features/media): nobody waits for one of them to end. */
export const MOST_SOCKETS = 100;

function connect({ endpoint, accessKey, secretKey, sessionToken, ca }: S3Target): S3Client {
  const agent = { keepAlive: true, maxSockets: MOST_SOCKETS };
  const client = new S3Client({
    endpoint,
    region: 'us-east-1', // what MinIO calls itself; it is only part of the signature
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken },
    forcePathStyle: true,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ca }),
    },
  });
  client.middlewareStack.add((next) => (request) => next(request).catch(sayFull), {
    step: 'deserialize',
    priority: 'high',
  });
  return client;
}

/**
 * MinIO answers 507 before it takes an object, but 500 in the middle of one; asked for the same part again, it may no longer
 * know the upload. With 507 the client does not ask again.
 */
function sayFull(error: unknown): never {
  if (error instanceof S3ServiceException && /no space left on device/.test(error.message))
    error.$metadata.httpStatusCode = 507;
  throw error;
}

export function openS3Storage(target: S3Target): Storage {
  let { bucket } = target;
  let client = connect(target);
  const at = (key: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: checkKey(key) });
  return {
    kind: 's3',
    // The SDK adds a CRC to every part and the server checks it. Cut short, the parts are aborted and no object is seen.
    async put(key, body) {
      const params = { ...at(key), Body: body };
      await asked(new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 }).done());
    },
    async get(key, range) {
      const part = range && `bytes=${range.first}-${range.last}`;
      const answer = await found(client.send(new GetObjectCommand({ ...at(key), Range: part })));
      if (!answer) return undefined;
      const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
      return { body: answer.Body as Readable, bytes: Number(whole ?? answer.ContentLength) };
    },
    async has(key) {
      return (await found(client.send(new HeadObjectCommand(at(key))))) !== undefined;
    },
    async remove(key) {
      await asked(client.send(new DeleteObjectCommand(at(key))));
    },
    async *list(prefix) {
      let next: string | undefined;
      do {
        const page = await asked(
          client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next })),
        );
        for (const { Key, Size, LastModified } of page.Contents ?? [])
          yield { key: Key!, bytes: Size!, changedAt: LastModified! };
        next = page.NextContinuationToken;
      } while (next !== undefined);
    },
    check: () => askBucket(client, bucket),
    // MinIO shows no uploads of a prefix, and removes them by itself after a day; others wait for this.
    async removeUnfinished(prefix, before) {
      const listed = await asked(
        client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })),
      );
      const old = (listed.Uploads ?? []).filter(({ Initiated }) => Initiated && Initiated < before);
      for (const { Key, UploadId } of old)
        await asked(client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
      return old.length;
    },
    async objectLock() {
      // Not every storage knows the question, and it takes a right of its own: what is asked for here is a sentence.
      const answer = await client
        .send(new GetObjectLockConfigurationCommand({ Bucket: bucket }))
        .catch(() => undefined);
      const { Mode, Days, Years } = answer?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      return Mode && { mode: Mode, days: Days ?? 365 * Years! };
    },
    async renew(next) {
      const renewed = connect(next);
      try {
        await askBucket(renewed, next.bucket);
      } catch (error) {
        renewed.destroy();
        throw error;
      }
      const before = client;
      ({ bucket } = next);
      client = renewed;
      setTimeout(() => before.destroy(), OLD_ONE_ENDS_AFTER_MS).unref();
    },
    close: () => client.destroy(),
  };
}

/** @returns the clock of who answered */
async function askBucket(client: S3Client, bucket: string): Promise<Date | undefined> {
  const list = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
  let date: string | undefined;
  list.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      ({ date } = (answer.response as { headers: Record<string, string> }).headers);
      return answer;
    },
    { step: 'deserialize' },
  );
  const { Name } = await asked(client.send(list));
  // A web server answers any address with some page.
  if (Name !== bucket) throw notS3(undefined);
  return date === undefined ? undefined : new Date(date);
}

/** undefined: there is no such object */
async function found<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (cause) {
    const { name } = Object(cause) as { name?: string };
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined;
    throw explainStorageError(cause);
  }
}

async function asked<Answer>(request: Promise<Answer>): Promise<Answer> {
  return request.catch((cause: unknown) => {
    throw explainStorageError(cause);
  });
}
