/** Bytes that are counted and hashed while they pass. */
import { createHash } from 'node:crypto';

export type Digest = { bytes: number; sha256: string };

export class Meter {
  #hash = createHash('sha256');
  #onBytes: (bytes: number) => void;
  bytes = 0;

  constructor(onBytes: (bytes: number) => void = () => {}) {
    this.#onBytes = onBytes;
  }

  async *watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      this.#onBytes(this.bytes);
      yield chunk;
    }
  }

  digest(): Digest {
    return { bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }
}

/** Reads to the end and keeps nothing. */
export async function digestOf(
  source: AsyncIterable<Uint8Array>,
  onBytes?: (bytes: number) => void,
): Promise<Digest> {
  const meter = new Meter(onBytes);
  const pieces = meter.watch(source);
  while (!(await pieces.next()).done);
  return meter.digest();
}
