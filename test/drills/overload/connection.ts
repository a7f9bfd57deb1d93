/**
 * A client that costs little: on a machine with two processors the load itself must not be the load. One connection,
 * kept alive, one question at a time; it reads the status, a few headers and how long the body is, and no more.
 */
import { connect, type Socket } from 'node:net';

/** What became of a question; status 0: the connection ended instead. */
export type Reply = { status: number; retryAfter: boolean; type: string };

/** Longer than nginx waits for the API: who has no answer by then was left hanging. */
const PATIENCE_MS = 30_000;

const GONE: Reply = { status: 0, retryAfter: false, type: '' };

export class Connection {
  #port: number;
  #socket: Socket | undefined;
  #head = '';
  /** bytes of the body that are still to come; undefined: the head is not complete */
  #left: number | undefined;
  #reply: Reply = GONE;
  #done: ((reply: Reply) => void) | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @param request a whole request of HTTP/1.1 that is no HEAD */
  ask(request: string): Promise<Reply> {
    return new Promise((done) => {
      this.#done = done;
      this.#socket ??= this.#open();
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true).setTimeout(PATIENCE_MS);
    socket.on('data', (data) => this.#read(data as Buffer));
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {}); // told by "close"
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#head = '';
      this.#left = undefined;
      this.#finish(GONE);
    });
    return socket;
  }

  #read(data: Buffer): void {
    let rest = data.length;
    if (this.#left === undefined) {
      this.#head += data.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      rest = this.#head.length - end - 4;
      this.#begin(this.#head.slice(0, end));
      this.#head = '';
    }
    this.#left! -= rest;
    if (this.#left! > 0) return;
    this.#left = undefined;
    this.#finish(this.#reply);
  }

  #begin(head: string): void {
    const status = Number(head.slice(9, 12));
    const type = /\r\ncontent-type: ([^\r;]+)/i.exec(head)?.[1] ?? '';
    this.#reply = { status, retryAfter: /\r\nretry-after: \d/i.test(head), type };
    this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (status === 304 || status === 204) this.#left = 0;
    if (/\r\nconnection: close/i.test(head)) this.#socket = undefined;
  }

  #finish(reply: Reply): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(reply);
  }
}
