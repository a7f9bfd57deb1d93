/**
 * Vault's HTTP API (https://developer.hashicorp.com/vault/api-docs), as far as it is common to HashiCorp Vault and OpenBao.
 * Every failure is a Problem; no token and no value is in any of them. Why there is no SDK: docs/decisions/0030
 */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { explainAnswer, explainConnection, isTransient, wrongAddress } from './explain.ts';
import { remembering } from './remembering.ts';

export type VaultServer = {
  /** e.g. https://vault.vault.svc:8200 */
  address: string;
  /** PEM of the authority that its certificate comes from; undefined: those that this machine knows */
  ca?: string | undefined;
  token?: string | undefined;
  /** how long it may be silent, in milliseconds; the default is half a minute */
  answerWithinMs?: number | undefined;
};

export type Json = string | number | boolean | null | Json[] | { [field: string]: Json };
export type Body = { [field: string]: Json };

/** What Vault answers; endpoints below sys/ put their fields beside `data`, too. */
export type Answer = {
  data?: Record<string, unknown> | null;
  auth?: { client_token: string; lease_duration: number; policies: string[] } | null;
  [field: string]: unknown;
};

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Received = { status: number; text: string; retryAfterMs: number | undefined };

const ANSWER_WITHIN_MS = 30_000;
/** between tries, in milliseconds: a leader is elected and a limit has passed within these */
const PAUSES_MS = [250, 500, 1000, 2000, 4000];

export class Vault {
  readonly address: string;
  readonly #server: VaultServer;
  readonly #agent: Agent;
  readonly #answerWithinMs: number;

  /** @throws Problem VAULT_ADDRESS_INVALID */
  constructor(server: VaultServer, agent = new Agent({ keepAlive: true, ca: server.ca })) {
    const url = URL.canParse(server.address) ? new URL(server.address) : undefined;
    if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search !== '')
      throw wrongAddress(server.address);
    this.address = url.origin;
    this.#server = server;
    this.#agent = agent;
    this.#answerWithinMs = server.answerWithinMs ?? ANSWER_WITHIN_MS;
  }

  /** The same server, as somebody else. */
  as(token: string | undefined): Vault {
    return new Vault({ ...this.#server, token }, this.#agent);
  }

  get token(): string | undefined {
    return this.#server.token;
  }

  /** @returns undefined when nothing is there */
  async read(path: string): Promise<Answer | undefined> {
    return this.ask('GET', path, undefined, { again: true });
  }

  /** @returns names below a path; folders end with "/" */
  async list(path: string): Promise<string[]> {
    // Not every proxy knows the method LIST.
    const answer = await this.ask('GET', `${path}?list=true`, undefined, { again: true });
    return (answer?.data?.['keys'] as string[] | undefined) ?? [];
  }

  /**
   * Writes what may be written twice.
   * @returns {} when Vault has nothing to say
   */
  async write(path: string, body: Body = {}): Promise<Answer> {
    return (await this.ask('PUT', path, body, { again: true })) ?? {};
  }

  /** Writes what each time makes something new, such as a token: it is not tried again when nobody knows whether it was done. */
  async make(path: string, body: Body = {}): Promise<Answer> {
    return (await this.ask('PUT', path, body, { again: false })) ?? {};
  }

  /** Changes some fields of a secret and leaves the others (RFC 7396). */
  async patch(path: string, body: Body): Promise<void> {
    await this.ask('PATCH', path, body, { again: true });
  }

  async remove(path: string): Promise<void> {
    await this.ask('DELETE', path, undefined, { again: true });
  }

  /**
   * @param options.again it may be done twice: a failure midway is tried again for some seconds
   * @returns undefined for 404
   * @throws Problem VAULT_AWAY, VAULT_UNTRUSTED, VAULT_NOT_VAULT, VAULT_SEALED, VAULT_NOT_INITIALISED, VAULT_STANDBY,
   * VAULT_BUSY, VAULT_DENIED, VAULT_TOKEN_REFUSED, VAULT_REFUSED, VAULT_FAILED
   */
  async ask(
    method: Method,
    path: string,
    body: Body | undefined,
    { again }: { again: boolean },
  ): Promise<Answer | undefined> {
    for (let attempt = 0; ; attempt++) {
      const pause = PAUSES_MS[attempt];
      let received: Received;
      try {
        received = await this.#send(method, path, body);
      } catch (error) {
        if (again && pause !== undefined && isTransient(error)) {
          await wait(pause);
          continue;
        }
        throw explainConnection(error, this.address);
      }
      const { status, text, retryAfterMs } = received;
      // Too much was asked: Vault has not looked at it.
      const mayAgain = status === 429 || (again && status >= 500);
      const problem = explainAnswer({ status, text, method, path, address: this.address });
      if (!problem) return status === 404 ? undefined : parsed(text);
      if (!mayAgain || pause === undefined || problem.lasting) throw problem.problem;
      await wait(Math.min(retryAfterMs ?? pause, 10_000));
    }
  }

  /**
   * A file of Vault's, as it comes.
   * @throws Problem like `ask`; VAULT_AWAY also while it is read
   */
  async download(path: string): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#transfer('GET', path);
    const { address } = this;
    return (async function* () {
      try {
        yield* answer as AsyncIterable<Uint8Array>;
      } catch (error) {
        throw explainConnection(error, address);
      }
    })();
  }

  /** Sends a file. It is not tried again: the source is read once. */
  async upload(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const answer = await this.#transfer('POST', path, body);
    answer.resume();
  }

  /** Large files take long; what is refused is silence. */
  async #transfer(method: Method, path: string, body?: AsyncIterable<Uint8Array>): Promise<IncomingMessage> {
    const sent = request(`${this.address}/v1/${path}`, {
      method,
      agent: this.#agent,
      timeout: this.#answerWithinMs,
      headers: this.#headers(),
    });
    let received: IncomingMessage | undefined;
    sent.once('response', (answer) => (received = answer));
    // Whoever reads the answer is told why it ends; before there is one, whoever waits for it.
    sent.on('timeout', () =>
      (received ?? sent).destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })),
    );
    // The request fails with its answer, and by then nobody waits for it.
    sent.on('error', () => {});
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    let ours: unknown;
    const written = body
      ? pipeline(
          remembering(body, (error) => (ours = error)),
          sent,
        )
      : void sent.end();
    // It may refuse before all was sent; then its answer says more.
    written?.catch(() => {});
    const [answer] = await answered.catch((error: unknown) => {
      throw ours ?? explainConnection(error, this.address);
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const { text } = await receive(answer).catch((error: unknown) => {
      throw explainConnection(error, this.address);
    });
    const explained = explainAnswer({ status, text, method, path, address: this.address });
    throw (
      explained?.problem ?? explainAnswer({ status, text: '-', method, path, address: this.address })!.problem
    );
  }

  #headers(): Record<string, string> {
    const { token } = this.#server;
    return {
      // It must come with each request, so that no other site's form can make one.
      'x-vault-request': 'true',
      ...(token !== undefined && { 'x-vault-token': token }),
    };
  }

  /** Open connections end when they are idle; a program that is done need not wait for that. */
  close(): void {
    this.#agent.destroy();
  }

  #send(method: Method, path: string, body: Body | undefined): Promise<Received> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((done, fail) => {
      const sent = request(
        `${this.address}/v1/${path}`,
        {
          method,
          agent: this.#agent,
          signal: AbortSignal.timeout(this.#answerWithinMs),
          headers: {
            ...this.#headers(),
            ...(payload !== undefined && {
              'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
              'content-length': Buffer.byteLength(payload),
            }),
          },
        },
        (answer) => {
          receive(answer).then(done, fail);
        },
      );
      sent.on('error', fail);
      sent.end(payload);
    });
  }
}

async function receive(answer: IncomingMessage): Promise<Received> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const part of answer) text += part;
  const seconds = Number(answer.headers['retry-after']);
  return {
    status: answer.statusCode ?? 0,
    text,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
  };
}

const parsed = (text: string): Answer => (text.trim() === '' ? {} : (JSON.parse(text) as Answer));
