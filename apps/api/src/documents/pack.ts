/** A document as bytes: the length of its description (4), the description as JSON, then each body that it names. */
import { z } from 'zod';
import { bodies, isCompressible, type Document } from './document.ts';
import type { Encoding } from './encodings.ts';

export type Versioned = { version: string; document: Document };

const description = z.object({
  version: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  etag: z.string(),
  bytes: z.int(),
  /** in their order, with the number of their bytes */
  bodies: z.array(z.tuple([z.enum(['br', 'gzip', 'identity']), z.int().min(0)])).min(1),
});
type Description = z.infer<typeof description>;

export async function pack({ version, document }: Versioned): Promise<Buffer> {
  const { status, headers, etag, bytes } = document;
  const encodings: Encoding[] = isCompressible(document) ? ['br', 'gzip'] : ['identity'];
  const parts = await Promise.all(encodings.map((encoding) => document.body(encoding)));
  const head: Description = {
    version,
    ...{ status, headers, etag, bytes },
    bodies: encodings.map((encoding, index) => [encoding, parts[index]!.length]),
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...parts]);
}

/** @returns undefined for bytes that are no whole document */
export function unpack(packed: Buffer): Versioned | undefined {
  const head = readHead(packed);
  if (!head) return undefined;
  const { version, status, headers, etag, bytes } = head;
  const known: Partial<Record<Encoding, Buffer>> = {};
  let at = 4 + packed.readUInt32BE();
  for (const [encoding, length] of head.bodies) known[encoding] = packed.subarray(at, (at += length));
  if (at !== packed.length) return undefined;
  return { version, document: { status, headers, etag, bytes, failed: false, body: bodies(known) } };
}

function readHead(packed: Buffer): Description | undefined {
  if (packed.length < 4) return undefined;
  try {
    const text = packed.subarray(4, 4 + packed.readUInt32BE()).toString();
    return description.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
