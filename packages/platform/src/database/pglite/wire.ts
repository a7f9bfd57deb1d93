/**
 * PostgreSQL's wire protocol in front of one PGlite session.
 *
 * PGlite is a single backend: statements of two clients must not mix between Parse and Sync, nor inside
 * a transaction. So one connection at a time owns the backend, from the first message of a statement
 * until ReadyForQuery reports "idle"; the others wait in turn (docs/decisions/0005).
 */
import { createServer, type Server, type Socket } from 'node:net';
import {
  Answer,
  copiesFromClient,
  fatal,
  MessageReader,
  ProtocolError,
  QUERY,
  simpleQuery,
  startup,
  sync,
  SYNC,
  TERMINATE,
} from './messages.ts';
import { TurnQueue, type Backend, type TurnTaker } from './turns.ts';

export type WireOptions = {
  /** A client that stops inside a transaction holds up everybody else: it is cut off after so long. */
  stallMs?: number;
  /** The backend threw: nothing can be answered any more. */
  onBroken: (error: unknown) => void;
};

export type WireServer = {
  server: Server;
  /** Says goodbye to whoever is still connected; what was acknowledged stays. */
  disconnectAll(): void;
};

export async function createWireServer(
  backend: Backend,
  { stallMs = 30_000, onBroken }: WireOptions,
): Promise<WireServer> {
  const greeting = await readGreeting(backend);
  const queue = new TurnQueue(backend, onBroken);
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection(socket, queue, greeting, stallMs);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  const disconnectAll = (): void =>
    connections.forEach((connection) => connection.refuse('57P01', 'the site is stopping'));
  return { server, disconnectAll };
}

/** Every client gets the same greeting, at once: connecting never waits for another client's transaction. */
async function readGreeting(backend: Backend): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  await backend.send(startup('postgres', 'postgres'), (data) => pieces.push(data.slice()));
  return Buffer.concat(pieces);
}

class Connection implements TurnTaker {
  #socket: Socket;
  #queue: TurnQueue;
  #greeting: Uint8Array;
  #stallMs: number;
  #stall: NodeJS.Timeout | undefined;
  #reader = new MessageReader();
  #messages: Uint8Array[] = [];
  #closed = false;
  /** true while no statement and no transaction of ours is open on the backend */
  #idle = true;
  /** ran something, so it may have left settings in the session that all share */
  #used = false;

  constructor(socket: Socket, queue: TurnQueue, greeting: Uint8Array, stallMs: number) {
    this.#socket = socket;
    this.#queue = queue;
    this.#greeting = greeting;
    this.#stallMs = stallMs;
    socket.on('data', (data: Buffer) => this.#receive(data));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
  }

  get pending(): boolean {
    return this.#closed ? this.#used : this.#messages.length > 0;
  }

  async runPending(backend: Backend): Promise<boolean> {
    clearTimeout(this.#stall);
    for (let message = this.#messages.shift(); message; message = this.#messages.shift()) {
      const kind = message[0];
      if (kind === TERMINATE) {
        this.#socket.end();
        this.#closed = true;
        break;
      }
      if (copiesFromClient(message)) {
        this.refuse('0A000', 'the embedded database cannot COPY FROM STDIN; use INSERT');
        break;
      }
      this.#used = true;
      const answer = new Answer();
      await backend.send(message, (data) => {
        if (this.#socket.writable) this.#socket.write(Buffer.from(data));
        answer.add(data);
      });
      if (answer.broken) throw new Error('PostgreSQL gave up; the reason was sent to the client');
      this.#idle = answer.idle;
      if (this.#idle && (kind === QUERY || kind === SYNC)) return true;
    }
    if (this.#closed) {
      await this.#cleanUp(backend);
      return true;
    }
    this.#stall = setTimeout(
      () => this.refuse('25P03', 'cut off: the client stopped inside a transaction while others waited'),
      this.#stallMs,
    );
    return false;
  }

  /** Ends the connection with a reason that the client's driver shows. */
  refuse(code: string, reason: string): void {
    this.#messages = [];
    if (this.#socket.writable) this.#socket.write(fatal(code, reason));
    this.#socket.destroySoon();
    this.#close();
  }

  #receive(data: Buffer): void {
    if (this.#closed) return;
    try {
      for (const message of this.#reader.push(data)) {
        if (message.kind === 'message') this.#messages.push(message.bytes);
        else if (message.kind === 'startup') this.#socket.write(this.#greeting);
        else if (message.kind === 'encryption request') this.#socket.write('N');
        else this.#socket.end(); // a request to cancel: the backend cannot be interrupted
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.refuse('08P01', error.message);
    }
    if (this.pending) this.#queue.wake(this);
  }

  #close(): void {
    clearTimeout(this.#stall);
    this.#messages = [];
    this.#closed = true;
    if (this.pending) this.#queue.wake(this);
  }

  /** Leaves the session as the next client expects it: no statement, no transaction, no settings. */
  async #cleanUp(backend: Backend): Promise<void> {
    const ignore = (): void => {};
    if (!this.#idle) {
      await backend.send(sync(), ignore);
      await backend.send(simpleQuery('ROLLBACK'), ignore);
    }
    if (this.#used) await backend.send(simpleQuery('RESET ALL'), ignore);
    this.#idle = true;
    this.#used = false;
  }
}
