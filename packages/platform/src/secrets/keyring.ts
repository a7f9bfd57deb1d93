/**
 * Short texts that nobody else can make: signed with the session key, good for one purpose, until a time. A token is
 * `1` and base64url of: when it ends (seconds since 1970, 5 bytes), the payload (UTF-8), and HMAC-SHA-256 over version
 * and both, cut to 16 bytes (RFC 2104, 5). The key of each purpose is derived by HKDF (RFC 5869). What is in it can be read
 * by whoever has it.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Problem } from '../problem.ts';
import type { SessionKeys } from './session-key.ts';

const VERSION = '1';
const TIME_BYTES = 5;
const MAC_BYTES = 16;
/** Longer than any address that is answered; nobody makes us compute over more. */
const LONGEST_TOKEN = 2048;

export type Signed = { payload: string; expires: Date };

export class Keyring {
  #keys: SessionKeys | undefined;
  /** by key and purpose; emptied when keys change */
  #derived = new Map<string, Buffer>();

  /** @param keys undefined: there are none here; nothing can be signed then, and nothing is believed */
  constructor(keys: SessionKeys | undefined) {
    this.#keys = keys;
  }

  /** @throws Problem SESSION_KEY_MISSING */
  renew(keys: SessionKeys | undefined): void {
    if (!keys) throw missing();
    this.#keys = keys;
    this.#derived.clear();
  }

  /**
   * @param expires whole seconds count
   * @throws Problem SESSION_KEY_MISSING
   */
  sign(purpose: string, payload: string, expires: Date): string {
    if (!this.#keys) throw missing();
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(Math.floor(expires.getTime() / 1000), 0, TIME_BYTES);
    const signed = Buffer.concat([time, Buffer.from(payload)]);
    const mac = this.#mac('current', purpose, signed)!;
    return VERSION + Buffer.concat([signed, mac]).toString('base64url');
  }

  /** @returns undefined for what was not signed here for this purpose with a key that counts, or has ended */
  verify(purpose: string, token: string, now = new Date()): Signed | undefined {
    if (!token.startsWith(VERSION) || token.length > LONGEST_TOKEN) return undefined;
    const text = token.slice(VERSION.length);
    const bytes = Buffer.from(text, 'base64url');
    // Node reads other alphabets and stray bits, too; a token is written in one way only.
    if (bytes.toString('base64url') !== text || bytes.length < TIME_BYTES + MAC_BYTES) return undefined;
    const signed = bytes.subarray(0, -MAC_BYTES);
    const given = bytes.subarray(-MAC_BYTES);
    const macs = [this.#mac('current', purpose, signed), this.#mac('previous', purpose, signed)];
    if (!macs.some((mac) => mac && timingSafeEqual(mac, given))) return undefined;
    const expires = new Date(signed.readUIntBE(0, TIME_BYTES) * 1000);
    return now < expires ? { payload: signed.subarray(TIME_BYTES).toString(), expires } : undefined;
  }

  #mac(which: keyof SessionKeys, purpose: string, signed: Buffer): Buffer | undefined {
    const key = this.#derive(which, purpose);
    return key && createHmac('sha256', key).update(VERSION).update(signed).digest().subarray(0, MAC_BYTES);
  }

  #derive(which: keyof SessionKeys, purpose: string): Buffer | undefined {
    const name = `${which} ${purpose}`;
    const known = this.#derived.get(name);
    const key = this.#keys?.[which];
    if (known || !key) return known;
    const derived = Buffer.from(hkdfSync('sha256', key, '', `homepage ${purpose}`, 32));
    this.#derived.set(name, derived);
    return derived;
  }
}

function missing(): Problem {
  return new Problem('SESSION_KEY_MISSING', 'There is no session key to sign with.', {
    field: 'session-key',
    fix: 'Let the agent write session-key into the folder of secrets, or set SESSION_KEY (docs/reference/environment.md).',
  });
}
