/** Places that are named by an address: `file:///a/folder` and `s3://key:secret@bucket/prefix?endpoint=…`. */
import { fileURLToPath } from 'node:url';
import { openFilesIn } from './files.ts';
import { BUCKET } from '../secrets/secret-files.ts';
import type { S3Target } from './s3.ts';
import type { Storage } from './storage.ts';

/** `name`: its address without what is secret, for messages */
export type StorageLocation = { name: string } & (
  { kind: 'files'; folder: string } | { kind: 's3'; target: S3Target; prefix: string }
);

/**
 * @param ca PEM of authorities that an endpoint's certificate may come from; undefined: the system's
 * @returns undefined when it is no such address, or a part of it is missing
 */
export function storageLocation(address: string, ca?: string): StorageLocation | undefined {
  const url = URL.parse(address);
  if (url?.protocol === 'file:') return folderAt(url);
  if (url?.protocol !== 's3:') return undefined;
  const target = s3Target(address);
  const prefix = url.pathname.replaceAll(/^\/|\/$/g, '');
  if (!target || !/^([a-z0-9][\w-]*(\/[\w.-]+)*)?$/i.test(prefix) || prefix.includes('..')) return undefined;
  const name = `s3://${target.bucket}${prefix && `/${prefix}`} at ${new URL(target.endpoint).host}`;
  return { kind: 's3', name, prefix, target: { ...target, ca } };
}

/** `s3://bucket/prefix?endpoint=…` in a bucket that is known: keys need not be in a command line. */
export function keylessLocation(address: string, known: StorageLocation[]): StorageLocation | undefined {
  const url = URL.parse(address);
  if (url?.protocol !== 's3:' || url.username || url.password) return undefined;
  for (const location of known) {
    if (location.kind !== 's3') continue;
    url.username = encodeURIComponent(location.target.accessKey);
    url.password = encodeURIComponent(location.target.secretKey);
    const found = storageLocation(url.href, location.target.ca);
    if (found?.kind !== 's3') continue;
    const { endpoint, bucket } = found.target;
    if (endpoint === location.target.endpoint && bucket === location.target.bucket) return found;
  }
  return undefined;
}

function folderAt(url: URL): StorageLocation | undefined {
  if (url.host !== '' || url.search !== '' || url.pathname === '/') return undefined;
  return { kind: 'files', name: url.href, folder: fileURLToPath(url) };
}

/** `s3://key:secret@bucket?endpoint=…`; undefined when a part is missing */
export function s3Target(value: string): Omit<S3Target, 'ca'> | undefined {
  const url = URL.parse(value);
  const endpoint = url?.searchParams.get('endpoint') ?? '';
  if (!url || !BUCKET.test(url.hostname) || !url.username || !url.password) return undefined;
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) return undefined;
  return {
    endpoint,
    bucket: url.hostname,
    accessKey: decodeURIComponent(url.username),
    secretKey: decodeURIComponent(url.password),
  };
}

export async function openLocation(location: StorageLocation): Promise<Storage> {
  if (location.kind === 'files') return openFilesIn(location.folder);
  const { openS3Storage } = await import('./s3.ts');
  const bucket = openS3Storage(location.target);
  return location.prefix === '' ? bucket : below(location.prefix, bucket);
}

function below(prefix: string, storage: Storage): Storage {
  const at = (key: string): string => `${prefix}/${key}`;
  return {
    ...storage,
    put: (key, body) => storage.put(at(key), body),
    get: (key, range) => storage.get(at(key), range),
    has: (key) => storage.has(at(key)),
    remove: (key) => storage.remove(at(key)),
    async *list(start) {
      for await (const object of storage.list(at(start)))
        yield { ...object, key: object.key.slice(prefix.length + 1) };
    },
    removeUnfinished: (start, before) => storage.removeUnfinished(at(start), before),
  };
}
