import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import { Keyring } from './keyring.ts';
import type { SessionKeys } from './session-key.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const twoKeys = fc.tuple(key, key).filter(([one, other]) => !one.equals(other));
const purpose = fc.string({ minLength: 1, maxLength: 20 });
const payload = fc.string({ unit: 'grapheme', maxLength: 60 });
/** whole seconds, as far as 5 bytes reach */
const seconds = fc.integer({ min: 1, max: 2 ** 40 - 1 });
const at = (time: number): Date => new Date(time * 1000);
const only = (current: Buffer, previous?: Buffer): Keyring => new Keyring({ current, previous });

test('what was signed is believed until its time, and is safe in an address', () => {
  fc.assert(
    fc.property(key, purpose, payload, seconds, (current, purpose, payload, end) => {
      const ring = only(current);
      const token = ring.sign(purpose, payload, at(end));
      expect(token).toMatch(/^1[A-Za-z0-9_-]+$/);
      expect(token.length).toBeLessThanOrEqual(30 + Math.ceil((Buffer.byteLength(payload) * 4) / 3));
      expect(ring.verify(purpose, token, at(end - 1))).toEqual({ payload, expires: at(end) });
      expect(ring.verify(purpose, token, new Date(end * 1000 - 1))).toBeDefined();
      expect(ring.verify(purpose, token, at(end))).toBeUndefined();
      expect(ring.verify(purpose, token, at(end + 1))).toBeUndefined();
    }),
    sameEachTime(),
  );
});

test('a changed bit, a changed character, more or less of it: refused', () => {
  fc.assert(
    fc.property(key, payload, fc.nat(), fc.nat(), fc.base64String(), (current, payload, place, bit, more) => {
      const ring = only(current);
      const token = ring.sign('preview', payload, at(2000));
      const seen = (text: string): unknown => ring.verify('preview', text, at(1000));
      expect(seen(token)).toBeDefined();
      // a bit of the bytes
      const bytes = Buffer.from(token.slice(1), 'base64url');
      bytes[place % bytes.length]! ^= 1 << (bit % 8);
      expect(seen(`1${bytes.toString('base64url')}`)).toBeUndefined();
      // a bit of the text: also one that base64 does not look at
      const text = Buffer.from(token);
      text[place % text.length]! ^= 1 << (bit % 8);
      expect(seen(text.toString('latin1'))).toBeUndefined();
      expect(seen(token.slice(0, place % token.length))).toBeUndefined();
      if (more) expect(seen(token + more)).toBeUndefined();
      expect(seen(`${token}=`)).toBeUndefined();
      expect(seen(` ${token}`)).toBeUndefined();
    }),
    sameEachTime(),
  );
});

test('another purpose, or a strange key: refused', () => {
  fc.assert(
    fc.property(twoKeys, purpose, purpose, payload, ([one, other], purpose, another, payload) => {
      fc.pre(purpose !== another);
      const token = only(one).sign(purpose, payload, at(2000));
      expect(only(one).verify(another, token, at(1000))).toBeUndefined();
      expect(only(other).verify(purpose, token, at(1000))).toBeUndefined();
    }),
    sameEachTime(),
  );
});

test('payload and time cannot be moved into each other', () => {
  const ring = only(randomBytes(32));
  const [one, other] = [ring.sign('preview', 'ab', at(2000)), ring.sign('preview', 'abc', at(2000))];
  const macOf = (token: string): Buffer => Buffer.from(token.slice(1), 'base64url').subarray(-16);
  const signed = Buffer.from(one.slice(1), 'base64url').subarray(0, -16);
  const mixed = `1${Buffer.concat([signed, macOf(other)]).toString('base64url')}`;
  expect(ring.verify('preview', mixed, at(1000))).toBeUndefined();
});

test('noise is refused, and never an exception', () => {
  const ring = only(randomBytes(32), randomBytes(32));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (noise) => {
      expect(ring.verify('preview', noise)).toBeUndefined();
      expect(ring.verify('preview', `1${noise}`)).toBeUndefined();
    }),
    sameEachTime(),
  );
});

describe('keys that change', () => {
  const keys = Array.from({ length: 3 }, () => randomBytes(32));
  const pair = (number: number): SessionKeys => ({ current: keys[number]!, previous: keys[number - 1] });

  test('the one before is believed, the one before that is not; the new one signs', () => {
    const ring = new Keyring(pair(0));
    const first = ring.sign('preview', 'x', at(2000));
    ring.renew(pair(1));
    expect(ring.verify('preview', first, at(1000))).toMatchObject({ payload: 'x' });
    const second = ring.sign('preview', 'x', at(2000));
    expect(second).not.toBe(first);
    expect(only(keys[1]!).verify('preview', second, at(1000))).toBeDefined();
    expect(only(keys[0]!).verify('preview', second, at(1000))).toBeUndefined();
    ring.renew(pair(2));
    expect(ring.verify('preview', first, at(1000))).toBeUndefined();
    expect(ring.verify('preview', second, at(1000))).toBeDefined();
  });

  test('without any, nothing is signed and nothing believed, until there is one', () => {
    const ring = new Keyring(undefined);
    expect(() => ring.sign('preview', 'x', at(2000))).toThrow(
      expect.objectContaining({ code: 'SESSION_KEY_MISSING' }),
    );
    const token = only(keys[0]!).sign('preview', 'x', at(2000));
    expect(ring.verify('preview', token, at(1000))).toBeUndefined();
    ring.renew(pair(0));
    expect(ring.verify('preview', token, at(1000))).toBeDefined();
  });

  test('that are gone change nothing', () => {
    const ring = new Keyring(pair(0));
    const token = ring.sign('preview', 'x', at(2000));
    expect(() => ring.renew(undefined)).toThrow('There is no session key');
    expect(ring.verify('preview', token, at(1000))).toBeDefined();
  });
});

test('a known token stays readable: the format is a promise to links that are out there', () => {
  const ring = only(Buffer.alloc(32, 7));
  const token = ring.sign('preview', 'post/hello', at(1_800_000_000));
  expect(token).toBe('1AGtJ0gBwb3N0L2hlbGxvNAJlsUlgAGbVz5x3OI2IFw');
  expect(ring.verify('preview', token, at(1_700_000_000))?.payload).toBe('post/hello');
});
