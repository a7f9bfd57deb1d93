/** An answer as it goes out: everything about it is decided, its bytes are compressed at most once. */
import { decode, encode, type Encoding } from './encodings.ts';

export type Document = {
  status: number;
  headers: Record<string, string>;
  etag: string;
  /** the body in this encoding */
  body(encoding: Encoding): Promise<Buffer>;
  /** of the body as it was made */
  bytes: number;
  /** a failure of ours, whatever its status says: data for client navigation has its status inside */
  failed: boolean;
};

/** Bodies made from those that are there, each when it is first asked for. */
export function bodies(known: Partial<Record<Encoding, Buffer>>): Document['body'] {
  const made = new Map<Encoding, Promise<Buffer>>(
    Object.entries(known).map(([encoding, bytes]) => [encoding as Encoding, Promise.resolve(bytes)]),
  );
  const body: Document['body'] = (encoding) => {
    const bytes =
      made.get(encoding) ??
      (encoding === 'identity' ? decode(known) : body('identity').then((whole) => encode(whole, encoding)));
    made.set(encoding, bytes);
    return bytes;
  };
  return body;
}

/** A picture is compressed already. */
export const isCompressible = ({ headers }: Document): boolean =>
  !headers['content-type']?.startsWith('image/');
