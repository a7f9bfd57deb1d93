import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';

const brotli = promisify(brotliCompress);
const unbrotli = promisify(brotliDecompress);
const gz = promisify(gzip);
const ungz = promisify(gunzip);

/** Browsers send the same few headers, and reading one costs as much as finding a kept answer. */
const known = new LRUCache<string, Encoding>({ max: 100, memoMethod: readAccepted });

/** Best of what the client accepts: brotli, then gzip. RFC 9110, 12.5.3; weights other than 0 are ignored. */
export function acceptedEncoding(header: string | undefined): Encoding {
  return header === undefined ? 'identity' : known.memo(header);
}

function readAccepted(header: string): Encoding {
  const accepted = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
      const refused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
      return [name.trim(), !refused];
    }),
  );
  const accepts = (name: string): boolean => accepted.get(name) ?? accepted.get('*') ?? false;
  if (accepts('br')) return 'br';
  return accepts('gzip') ? 'gzip' : 'identity';
}

/** Compressed once for each cached page, so the cost may be higher than per request. */
export async function encode(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'br') {
    return brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_LGWIN]: windowFor(bytes.length),
      },
    });
  }
  return encoding === 'gzip' ? gz(bytes, { level: 9 }) : bytes;
}

/** Bits. A window that is larger than the text finds no more, and its memory costs ten times what the work costs. */
function windowFor(bytes: number): number {
  const { BROTLI_MIN_WINDOW_BITS, BROTLI_DEFAULT_WINDOW } = constants;
  return Math.min(BROTLI_DEFAULT_WINDOW, Math.max(BROTLI_MIN_WINDOW_BITS, Math.ceil(Math.log2(bytes + 32))));
}

/** The body itself, from whichever encoding there is. */
export async function decode({ br, gzip: zipped }: Partial<Record<Encoding, Buffer>>): Promise<Buffer> {
  if (br) return unbrotli(br);
  if (zipped) return ungz(zipped);
  throw new Error('a document has no body in any encoding');
}
