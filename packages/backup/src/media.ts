/** Pictures and files: each is stored once in a target, under the hash of its bytes. */
import { Readable } from 'node:stream';
import { Problem, type Storage } from '@homepage/platform';
import { mediaKey } from '@homepage/site';
import { encryption, type Transform } from './encryption.ts';
import { damaged, sha256Of, type Manifest } from './manifest.ts';
import type { OnProgress } from './progress.ts';
import { digestOf, Meter } from './streams.ts';
import type { Target } from './target.ts';

type MediaFile = { hash: string; bytes: number };

/** What was encrypted for other keys is stored again: a backup must be readable with the keys that its manifest names. */
export const mediaFolder = (recipients: string[]): string =>
  recipients.length === 0
    ? 'media/plain'
    : `media/${sha256Of(recipients.toSorted().join('\n')).slice(0, 16)}`;

/** @returns bytes by hash */
export async function listMedia(target: Target, folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { key, bytes } of target.list(`${folder}/`))
    found.set(key.slice(folder.length + 1), bytes);
  return found;
}

export type MediaReport = { sent: number; kept: number; bytes: number; missing: string[] };

/**
 * Sends what the target lacks.
 * @returns `missing`: what the site's storage has lost, or holds with other bytes
 */
export async function sendMedia(
  storage: Storage,
  target: Target,
  { files, recipients, onProgress }: { files: MediaFile[]; recipients: string[]; onProgress: OnProgress },
): Promise<MediaReport> {
  const folder = mediaFolder(recipients);
  const encrypt = encryption(recipients);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const sent = new Set<MediaFile>();
  const missing = new Set<string>();
  // Twice: a pruning that looked before there was anything of us may have taken some meanwhile.
  for (let pass = 1; pass <= 2; pass++) {
    const there = await listMedia(target, folder);
    let done = 0;
    for (const file of files) {
      if (!there.has(file.hash) && !missing.has(file.hash)) {
        if (await send(storage, target, `${folder}/${file.hash}`, file.hash, encrypt)) sent.add(file);
        else missing.add(file.hash);
      }
      if (pass === 1) onProgress('media', (done += file.bytes), total, target.name);
    }
  }
  return {
    sent: sent.size,
    kept: files.length - sent.size - missing.size,
    bytes: [...sent].reduce((sum, { bytes }) => sum + bytes, 0),
    missing: [...missing],
  };
}

class OtherBytes extends Error {}

/** Bytes that are not those of the hash never become an object. */
async function send(
  storage: Storage,
  target: Target,
  key: string,
  hash: string,
  encrypt: Transform,
): Promise<boolean> {
  const object = await storage.get(mediaKey(hash));
  if (!object) return false;
  const meter = new Meter();
  async function* checked(): AsyncGenerator<Uint8Array> {
    yield* meter.watch(object!.body as AsyncIterable<Buffer>);
    if (meter.digest().sha256 !== hash) throw new OtherBytes();
  }
  try {
    await target.put(key, Readable.from(encrypt(checked()), { objectMode: false }));
    return true;
  } catch (error) {
    if (error instanceof OtherBytes) return false;
    throw error;
  }
}

/** Every file that a backup names, read to the end. @throws Problem BACKUP_DAMAGED, BACKUP_OBJECT_MISSING */
export async function checkMedia(
  target: Target,
  { id, media }: Manifest,
  decrypt: Transform,
  onProgress: OnProgress,
): Promise<void> {
  const total = media.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { hash, bytes } of media.files) {
    const key = `${media.folder}/${hash}`;
    const { body } = await target.get(key);
    const digest = await digestOf(decrypt(body as AsyncIterable<Buffer>)).catch((cause: unknown) => {
      throw cause instanceof Problem ? cause : damaged(id, key, 'cannot be read', cause);
    });
    if (digest.sha256 !== hash) throw damaged(id, key, 'has other bytes than its name says');
    onProgress('media', (done += bytes), total, target.name);
  }
}

/**
 * Puts files back that the site lacks; nothing is removed or replaced that is whole.
 * @returns how many were brought
 */
export async function bringMedia(
  target: Target,
  storage: Storage,
  { id, media }: Manifest,
  decrypt: Transform,
  onProgress: OnProgress,
): Promise<number> {
  const there = new Map<string, number>();
  for await (const { key, bytes } of storage.list('media/')) there.set(key, bytes);
  const total = media.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let brought = 0;
  for (const { hash, bytes } of media.files) {
    if (there.get(mediaKey(hash)) !== bytes) {
      const { body } = await target.get(`${media.folder}/${hash}`);
      const meter = new Meter();
      const checked = async function* (): AsyncGenerator<Uint8Array> {
        yield* meter.watch(decrypt(body as AsyncIterable<Buffer>));
        if (meter.digest().sha256 !== hash) throw damaged(id, `${media.folder}/${hash}`, 'has other bytes');
      };
      await storage.put(mediaKey(hash), Readable.from(checked(), { objectMode: false }));
      brought++;
    }
    onProgress('media', (done += bytes), total, target.name);
  }
  return brought;
}
