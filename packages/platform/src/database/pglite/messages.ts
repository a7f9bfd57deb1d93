/**
 * PostgreSQL's messages: splitting bytes that a client sent, and making the few that we send ourselves.
 * Formats: https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
const type = (letter: string): number => letter.charCodeAt(0);

export const QUERY = type('Q');
const PARSE = type('P');
export const SYNC = type('S');
export const TERMINATE = type('X');
/** What a client may send once it has started; anything else would end the only backend there is. */
const KNOWN = new Set([...'QPBDECHSXFdcf'].map(type));

const PROTOCOL_3 = 0x0003_0000;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** as PostgreSQL: MAX_STARTUP_PACKET_LENGTH */
const LONGEST_START = 10_000;
/** Far above the longest post; a length field of 2 GB must not make us wait for 2 GB. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** What the client sent is not the protocol; the connection ends with this reason. */
export class ProtocolError extends Error {}

export type ClientMessage =
  { kind: 'encryption request' | 'cancel request' | 'startup' } | { kind: 'message'; bytes: Uint8Array };

/** Cuts a stream of bytes into messages, whatever the pieces it arrives in. */
export class MessageReader {
  #pieces: Buffer[] = [];
  #length = 0;
  #started = false;

  /** @throws ProtocolError */
  *push(piece: Buffer): Generator<ClientMessage> {
    this.#pieces.push(piece);
    this.#length += piece.length;
    for (let next = this.#next(); next; next = this.#next()) yield next;
  }

  #next(): ClientMessage | undefined {
    return this.#started ? this.#nextMessage() : this.#nextStart();
  }

  #nextStart(): ClientMessage | undefined {
    const head = this.#peek(8);
    if (!head) return undefined;
    const length = head.readInt32BE(0);
    const code = head.readInt32BE(4);
    if (length < 8 || length > LONGEST_START) throw new ProtocolError('invalid length of startup packet');
    if (this.#length < length) return undefined;
    this.#take(length);
    if (code === CANCEL_REQUEST) return { kind: 'cancel request' };
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption request' };
    if (code >> 16 !== PROTOCOL_3 >> 16) throw new ProtocolError('unsupported frontend protocol');
    this.#started = true;
    return { kind: 'startup' };
  }

  #nextMessage(): ClientMessage | undefined {
    const head = this.#peek(5);
    if (!head) return undefined;
    const length = head.readInt32BE(1);
    if (!KNOWN.has(head[0]!)) throw new ProtocolError(`invalid frontend message type ${head[0]}`);
    if (length < 4 || length > LONGEST_MESSAGE) throw new ProtocolError('invalid message length');
    if (this.#length < 1 + length) return undefined;
    return { kind: 'message', bytes: new Uint8Array(this.#take(1 + length)) };
  }

  /** The first bytes when so many are here. Pieces are joined only when needed: a long message costs one copy. */
  #peek(length: number): Buffer | undefined {
    if (this.#length < length) return undefined;
    return this.#pieces[0]!.length >= length ? this.#pieces[0] : this.#join();
  }

  #take(length: number): Buffer {
    const all = this.#join();
    this.#pieces = length < all.length ? [all.subarray(length)] : [];
    this.#length -= length;
    return all.subarray(0, length);
  }

  #join(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}

/** What an answer of the backend says of its state; fed with the pieces it comes in. */
export class Answer {
  #tail: Buffer = Buffer.alloc(0);
  /** PostgreSQL gave up (a full disk under its log, for one): it answers nothing any more */
  broken = false;

  add(data: Uint8Array): void {
    if (GAVE_UP.some((mark) => Buffer.from(data.buffer, data.byteOffset, data.length).includes(mark)))
      this.broken = true;
    this.#tail = Buffer.from(Buffer.concat([this.#tail, data]).subarray(-6));
  }

  /** It ends with ReadyForQuery, and no transaction is open. */
  get idle(): boolean {
    return this.#tail.equals(READY_IDLE);
  }
}

const READY_IDLE = Buffer.from([type('Z'), 0, 0, 0, 5, type('I')]);
/** the severity field of an ErrorResponse; text values cannot hold its zero bytes */
const GAVE_UP = ['SPANIC\0VPANIC\0', 'SFATAL\0VFATAL\0'].map((mark) => Buffer.from(mark));

/**
 * Whether a message brings `COPY … FROM STDIN`. PGlite would wait inside it for rows that cannot reach it
 * before it returns, and everybody with it, for good.
 */
export function copiesFromClient(bytes: Uint8Array): boolean {
  if (bytes[0] !== QUERY && bytes[0] !== PARSE) return false;
  const sql = Buffer.from(bytes.buffer, bytes.byteOffset + 5, bytes.length - 5).toString('latin1');
  return /\bcopy\b/i.test(sql) && /\bcopy\b[^;]*\bfrom\s+stdin\b/i.test(withoutTexts(sql));
}

/** SQL without the contents of literals and comments. */
function withoutTexts(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|\$(\w*)\$[^]*?\$\1\$|--.*|\/\*[^]*?\*\//g, ' ');
}

export function simpleQuery(sql: string): Uint8Array {
  return message('Q', `${sql}\0`);
}

export function sync(): Uint8Array {
  return message('S', '');
}

/** The packet that opens a session. */
export function startup(user: string, database: string): Uint8Array {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const packet = Buffer.alloc(8 + body.length);
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(PROTOCOL_3, 4);
  body.copy(packet, 8);
  return new Uint8Array(packet);
}

/** An error that ends the connection. @param code SQLSTATE */
export function fatal(code: string, text: string): Uint8Array {
  return message('E', `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
}

function message(letter: string, body: string): Uint8Array {
  const text = Buffer.from(body);
  const bytes = Buffer.alloc(5 + text.length);
  bytes[0] = type(letter);
  bytes.writeInt32BE(4 + text.length, 1);
  text.copy(bytes, 5);
  return new Uint8Array(bytes);
}
