/** Objects in a bucket of an S3 storage (MinIO on the platform). */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Problem } from '../problem.ts';
import { checkKey } from './key.ts';
import type { Storage } from './storage.ts';

export type S3Target = {
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** PEM of the authority that the endpoint's certificate comes from; undefined: the system's */
  ca?: string | undefined;
};

/** S3 takes no smaller parts. A smaller object goes in one request. */
const PART_BYTES = 8 * 1024 * 1024;

/** A film that somebody is watching goes on over the old connection for as long as this. */
const OLD_ONE_ENDS_AFTER_MS = 300_000;

function connect({ endpoint, accessKey, secretKey, ca }: S3Target): S3Client {
  const agent = { keepAlive: true, maxSockets: 50 };
  return new S3Client({
    endpoint,
    region: 'us-east-1', // what MinIO calls itself; it is only part of the signature
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    forcePathStyle: true,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ca }),
    },
  });
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
    async renew(next) {
      const renewed = connect(next);
      try {
        await asked(renewed.send(new ListObjectsV2Command({ Bucket: next.bucket, MaxKeys: 1 })));
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

/** undefined: there is no such object */
async function found<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (cause) {
    const { name } = Object(cause) as { name?: string };
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined;
    throw storageProblem(cause);
  }
}

async function asked<Answer>(request: Promise<Answer>): Promise<Answer> {
  return request.catch((cause: unknown) => {
    throw storageProblem(cause);
  });
}

/** Refused, missing or away, told apart: each has another next step. */
function storageProblem(cause: unknown): unknown {
  const { name, code, message } = Object(cause) as { name?: string; code?: string; message?: string };
  if (cause instanceof S3ServiceException) {
    const status = cause.$metadata.httpStatusCode ?? 0;
    if (name === 'NoSuchBucket' || status === 403 || status === 401) {
      return new Problem('STORAGE_REFUSED', `The object storage refused the request (${name}).`, {
        field: 'STORAGE_URL',
        fix: 'Check bucket, access key and secret key in STORAGE_URL or storage.json, and what the key may do.',
        cause,
      });
    }
  } else if (code === undefined && name !== 'TimeoutError') {
    return cause; // the stream that was given failed
  }
  return new Problem('STORAGE_AWAY', `The object storage does not answer (${code ?? name ?? message}).`, {
    field: 'STORAGE_URL',
    status: 503,
    fix: 'Check that it runs and that its address is right, then try again.',
    cause,
  });
}
