/** Where keys are written is looked at before Vault tells them; what cannot be written in spite of that is not lost. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOwnFolder } from '@homepage/testkit/services';
import { tokenIn } from './client/token.ts';
import { KeyFiles } from './keys.ts';

const folder = makeOwnFolder('keys');
let identity: string;
let recipient: string;
beforeAll(async () => {
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});
afterAll(() => folder.remove());

test('a key whose file cannot be written is handed back, encrypted', async () => {
  const place = join(folder.path, 'a/b');
  const files = new KeyFiles(place, 'primary', [recipient], 2);
  rmSync(`${files.files[1]!}.reserved`);
  const unwritten = await files.write(['first', 'second']);
  files.release();
  expect(unwritten.map(({ file }) => file)).toEqual([files.files[1]]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const read = (text: string): Promise<string> => decrypter.decrypt(armor.decode(text), 'text');
  expect(await read(unwritten[0]!.text)).toBe('second\n');
  expect(await read(readFileSync(files.files[0]!, 'utf8'))).toBe('first\n');
  expect(statSync(files.files[0]!).mode & 0o777).toBe(0o600);
  expect(readdirSync(place)).toEqual(['primary-key-1.age']);
});

test.each([
  ['hvs.token\r', /VAULT_TOKEN has a line end in it/],
  ['hvs.token\nhvs.other\n', /VAULT_TOKEN has a line end in it/],
  ['hvs. token', /VAULT_TOKEN has a blank/],
])('the token %j is told as none, and not shown', (text, message) => {
  expect(() => tokenIn(text, 'VAULT_TOKEN')).toThrow(message);
  expect(() => tokenIn(text, 'VAULT_TOKEN')).not.toThrow(/hvs/);
  expect(tokenIn('hvs.token\r\n', 'VAULT_TOKEN')).toBe('hvs.token');
});
