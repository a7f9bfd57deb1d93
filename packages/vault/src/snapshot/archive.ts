/**
 * What Vault's snapshot is: a gzipped tar with meta.json, state.bin, and SHA256SUMS of both
 * (https://developer.hashicorp.com/vault/api-docs/system/storage/raft). It is read as it passes, never held whole.
 */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Problem } from '@homepage/platform';
import { remembering } from '../client/remembering.ts';
import type { ServerKind } from '../server.ts';

export type Archive = {
  /** by the names of its servers; undefined: they are none of ours */
  server: ServerKind | undefined;
  /** how far its log had come */
  index: number;
  /** of the state in it */
  bytes: number;
};

const BLOCK = 512;
/** Lists and names; the state is only hashed. */
const MOST_TEXT = 1024 * 1024;
const SUMS = 'SHA256SUMS';
/** Vault writes it last: where it is missing the answer was cut off. */
const SEALED_SUMS = 'SHA256SUMS.sealed';

/** @throws Problem VAULT_SNAPSHOT_DAMAGED; what the source itself fails with */
export async function readArchive(source: AsyncIterable<Uint8Array>): Promise<Archive> {
  const reader = new TarReader();
  let failure: unknown;
  const watched = Readable.from(
    remembering(source, (error) => (failure = error)),
    { objectMode: false },
  );
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        reader.take(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  try {
    await pipeline(watched, createGunzip(), sink);
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw error instanceof Problem ? error : damaged('it is no archive, or ends too early', error);
  }
  return reader.end();
}

/** Passes a snapshot on; when it ends and is not whole, so does what reads it, with the reason. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  told: (archive: Archive) => void,
): AsyncGenerator<Uint8Array> {
  const side = new PassThrough();
  const archive = readArchive(side);
  archive.catch(() => side.destroy());
  try {
    for await (const chunk of source) {
      if (!side.destroyed && !side.write(chunk)) await Promise.race([once(side, 'drain'), archive]);
      yield chunk;
    }
    side.end();
    told(await archive);
  } finally {
    side.destroy();
  }
}

type Entry = { name: string; left: number; padding: number; hash: Hash; text: string };

/** As much of tar (POSIX.1-1988) as Vault writes: plain files. */
class TarReader {
  readonly #sums = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  readonly #sizes = new Map<string, number>();
  #header = Buffer.alloc(0);
  #entry: Entry | undefined;

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#entry) at += this.#takeBody(this.#entry, chunk.subarray(at));
      else {
        const part = chunk.subarray(at, at + BLOCK - this.#header.length);
        this.#header = Buffer.concat([this.#header, part]);
        at += part.length;
        if (this.#header.length === BLOCK) this.#begin();
      }
    }
  }

  #begin(): void {
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    // Two empty blocks are the end.
    if (header.every((byte) => byte === 0)) return;
    const name = header.toString('latin1', 0, 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8);
    if (!/^[\w.-]+$/.test(name) || !Number.isSafeInteger(size)) throw damaged('its archive is none of Vault');
    this.#sizes.set(name, size);
    this.#entry = {
      name,
      left: size,
      padding: (BLOCK - (size % BLOCK)) % BLOCK,
      hash: createHash('sha256'),
      text: '',
    };
    if (size === 0) this.#finish(this.#entry);
  }

  /** @returns how many bytes were taken */
  #takeBody(entry: Entry, bytes: Buffer): number {
    const body = bytes.subarray(0, entry.left);
    entry.hash.update(body);
    entry.left -= body.length;
    if (entry.name !== 'state.bin') entry.text += body.toString('latin1');
    if (entry.text.length > MOST_TEXT) throw damaged(`${entry.name} is too long`);
    if (entry.left > 0) return body.length;
    const padding = Math.min(entry.padding, bytes.length - body.length);
    entry.padding -= padding;
    if (entry.padding === 0) this.#finish(entry);
    return body.length + padding;
  }

  #finish({ name, hash, text }: Entry): void {
    this.#sums.set(name, hash.digest('hex'));
    this.#texts.set(name, text);
    this.#entry = undefined;
  }

  end(): Archive {
    const sums = this.#texts.get(SUMS);
    if (this.#entry || sums === undefined || !this.#sums.has(SEALED_SUMS)) throw damaged('it ends too early');
    for (const name of ['meta.json', 'state.bin']) {
      const sum = this.#sums.get(name);
      if (
        sum === undefined ||
        !sums.split('\n').some((line) => line.split(/\s+/).join(' ') === `${sum} ${name}`)
      )
        throw damaged(`${name} is not what its checksum says`);
    }
    const meta = JSON.parse(this.#texts.get('meta.json')!) as {
      Index: number;
      Configuration?: { Servers?: { ID: string }[] };
    };
    const ids = meta.Configuration?.Servers?.map(({ ID }) => ID) ?? [];
    return { server: kindOf(ids), index: meta.Index, bytes: this.#sizes.get('state.bin')! };
  }
}

/** Servers are named "primary", or "primary-1" where there are several (deploy/vault/*.hcl). */
function kindOf(ids: string[]): ServerKind | undefined {
  return (['bootstrap', 'primary'] as const).find(
    (kind) => ids.length > 0 && ids.every((id) => new RegExp(`^${kind}(-\\d+)?$`).test(id)),
  );
}

export function damaged(why: string, cause?: unknown): Problem {
  return new Problem('VAULT_SNAPSHOT_DAMAGED', `The snapshot is not whole: ${why}.`, {
    fix: 'Use another one.',
    command: 'homepage vault snapshots',
    cause,
  });
}
