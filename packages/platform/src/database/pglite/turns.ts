/** A session of PGlite, or anything that speaks PostgreSQL's protocol one message at a time. */
export type Backend = { send(message: Uint8Array, onData: (data: Uint8Array) => void): Promise<void> };

export type TurnTaker = {
  /** has something for the backend */
  readonly pending: boolean;
  /** Runs what has arrived; true when the backend is free for somebody else. */
  runPending(backend: Backend): Promise<boolean>;
};

/**
 * One client at a time owns the backend, until it leaves it idle; the others wait in the order they came.
 * A client with more to do goes to the end of the line, so that none holds up the others for good.
 */
export class TurnQueue {
  #backend: Backend;
  #onBroken: (error: unknown) => void;
  #waiting: TurnTaker[] = [];
  #owner: TurnTaker | undefined;
  #running = false;

  constructor(backend: Backend, onBroken: (error: unknown) => void) {
    this.#backend = backend;
    this.#onBroken = onBroken;
  }

  /** Says that a client has something to run. */
  wake(client: TurnTaker): void {
    if (client !== this.#owner && !this.#waiting.includes(client)) this.#waiting.push(client);
    if (!this.#running) this.#run().catch(this.#onBroken);
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        this.#owner ??= this.#waiting.shift();
        const owner = this.#owner;
        if (!owner) return;
        const free = await owner.runPending(this.#backend);
        if (free) {
          this.#owner = undefined;
          if (owner.pending) this.#waiting.push(owner);
        } else if (!owner.pending) {
          return; // until the owner's next message, or its end
        }
      }
    } finally {
      this.#running = false;
    }
  }
}
