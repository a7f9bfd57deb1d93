/**
 * PostgreSQL's wire protocol in front of one PGlite session.
 *
 * PGlite is a single backend: statements of two clients must not mix between Parse and Sync, nor inside
 * a transaction. So one connection at a time owns the backend, from the first message of a statement
 * until ReadyForQuery reports "idle"; the others wait in turn.
 * Message formats: https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
import { createServer, type Server, type Socket } from 'node:net';

export type Backend = { send(message: Uint8Array, onData: (data: Uint8Array) => void): Promise<void> };

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const READY_IDLE = 0x49; // 'I' in ReadyForQuery
const type = (letter: string): number => letter.charCodeAt(0);
const QUERY = type('Q');
const SYNC = type('S');
const TERMINATE = type('X');
/** A client that stops inside a transaction would hold up everybody else. */
const IDLE_IN_TRANSACTION_MS = 30_000;

export function createWireServer(backend: Backend): Server {
  const queue = new TurnQueue(backend);
  return createServer((socket) => new Connection(socket, queue));
}

class TurnQueue {
  #backend: Backend;
  #waiting: Connection[] = [];
  #owner: Connection | undefined;
  #running = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Says that a connection has messages to run. */
  wake(connection: Connection): void {
    if (connection !== this.#owner && !this.#waiting.includes(connection)) this.#waiting.push(connection);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        this.#owner ??= this.#waiting.shift();
        const owner = this.#owner;
        if (!owner) return;
        const idle = await owner.runPending(this.#backend);
        if (idle) this.#owner = undefined;
        else if (!owner.pending) return; // waits for the owner's next message
      }
    } finally {
      this.#running = false;
    }
  }
}

class Connection {
  #socket: Socket;
  #queue: TurnQueue;
  #incoming: Buffer = Buffer.alloc(0);
  #messages: Uint8Array[] = [];
  #started = false;
  #closed = false;
  /** true while no statement and no transaction of ours is open on the backend */
  #idle = true;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, queue: TurnQueue) {
    this.#socket = socket;
    this.#queue = queue;
    socket.on('data', (data: Buffer) => this.#receive(data));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
  }

  get pending(): boolean {
    return this.#messages.length > 0 || this.#closed;
  }

  /** Runs what has arrived; true when the backend is free for another connection. */
  async runPending(backend: Backend): Promise<boolean> {
    clearTimeout(this.#idleTimer);
    if (this.#closed) {
      await this.#cleanUp(backend);
      return true;
    }
    for (let message = this.#messages.shift(); message; message = this.#messages.shift()) {
      let status = 0;
      await backend.send(message, (data) => {
        if (!this.#socket.destroyed) this.#socket.write(Buffer.from(data));
        status = readyStatus(data) ?? status;
      });
      this.#idle = status === READY_IDLE;
      const kind = message[0];
      const startup = kind === 0;
      if (this.#idle && (kind === QUERY || kind === SYNC || startup)) return true;
    }
    if (!this.#closed) {
      this.#idleTimer = setTimeout(() => this.#socket.destroy(), IDLE_IN_TRANSACTION_MS);
    }
    return false;
  }

  async #cleanUp(backend: Backend): Promise<void> {
    this.#messages = [];
    if (this.#idle) return;
    const ignore = (): void => {};
    await backend.send(Uint8Array.of(SYNC, 0, 0, 0, 4), ignore);
    await backend.send(simpleQuery('ROLLBACK'), ignore);
    this.#idle = true;
  }

  #receive(data: Buffer): void {
    this.#incoming = this.#incoming.length > 0 ? Buffer.concat([this.#incoming, data]) : data;
    let complete = false;
    for (let message = this.#next(); message; message = this.#next()) {
      if (message[0] === TERMINATE && this.#started) {
        this.#socket.end();
        return;
      }
      this.#messages.push(message);
      complete = true;
    }
    if (complete) this.#queue.wake(this);
  }

  /** Takes one whole message off the input; answers encryption requests by itself. */
  #next(): Uint8Array | undefined {
    while (!this.#started) {
      if (this.#incoming.length < 8) return undefined;
      const length = this.#incoming.readInt32BE(0);
      const code = this.#incoming.readInt32BE(4);
      if (code === CANCEL_REQUEST) {
        this.#socket.end();
        return undefined;
      }
      if (this.#incoming.length < length) return undefined;
      const message = this.#take(length);
      if (code === SSL_REQUEST || code === GSS_REQUEST) {
        this.#socket.write('N');
        continue;
      }
      this.#started = true;
      return message;
    }
    if (this.#incoming.length < 5) return undefined;
    const length = 1 + this.#incoming.readInt32BE(1);
    return this.#incoming.length < length ? undefined : this.#take(length);
  }

  #take(length: number): Uint8Array {
    const message = new Uint8Array(this.#incoming.subarray(0, length));
    this.#incoming = this.#incoming.subarray(length);
    return message;
  }

  #close(): void {
    clearTimeout(this.#idleTimer);
    this.#closed = true;
    if (!this.#idle || this.#messages.length > 0) this.#queue.wake(this);
  }
}

/** The transaction status of the ReadyForQuery message that ends an answer, if it ends with one. */
function readyStatus(data: Uint8Array): number | undefined {
  const at = data.length - 6;
  const isReady = at >= 0 && data[at] === type('Z') && data[at + 4] === 5 && data[at + 3] === 0;
  return isReady ? data[data.length - 1] : undefined;
}

function simpleQuery(sql: string): Uint8Array {
  const text = Buffer.from(`${sql}\0`);
  const message = Buffer.alloc(5 + text.length);
  message[0] = QUERY;
  message.writeInt32BE(4 + text.length, 1);
  text.copy(message, 5);
  return new Uint8Array(message);
}
