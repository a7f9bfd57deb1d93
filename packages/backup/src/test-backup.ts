/** For tests of this package: sites, targets, and what a backup is asked with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSettings, storageLocation, type Settings, type StorageLocation } from '@homepage/platform';
import { prepareTemplate, saveEntry, mediaKey, type Tables } from '@homepage/site';
import { makeEntry, type TestSite } from '@homepage/testkit';
import type { Kysely } from 'kysely';
import { sha256Of } from './manifest.ts';

export const repository = resolve(import.meta.dirname, '../../..');
export const serve = join(repository, 'apps/api/bin/serve.js');
export const template = (): Promise<string> => prepareTemplate(join(repository, '.cache'));

export const settingsFor = (dataDir: string, env: Record<string, string> = {}): Settings =>
  readSettings({ DATA_DIR: dataDir, SECRETS_DIR: 'none', ...env }, repository);

export const folderTarget = (folder: string): StorageLocation => storageLocation(pathToFileURL(folder).href)!;

/** Characters that formats stumble over, in every place that holds text. */
export const AWKWARD = 'a\tb\nc\r\\N \\. "q" \'s\' {x,NULL} 🜁 é\u2028';

/** Posts with revisions of their texts, tags, a picture, and a message. */
export async function fill(site: Pick<TestSite, 'db' | 'storage'>, posts = 3): Promise<{ hash: string }> {
  const bytes = Buffer.from(`a picture ${posts}`);
  const hash = sha256Of(bytes);
  await site.storage.put(mediaKey(hash), bytes);
  await site.db
    .insertInto('media')
    .values({ hash, content_type: 'text/plain', bytes: bytes.length, width: null, height: null })
    .execute();
  for (let number = 0; number < posts; number++) {
    await saveEntry(
      site.db,
      makeEntry({
        slug: `post-${number}`,
        title: `Post ${number} ${AWKWARD.replaceAll(/[\r\n]/g, ' ')}`,
        markdown: `Text of ${number}\n\n${AWKWARD}\n`,
        tags: ['One', `Tag ${number}`],
      }),
    );
  }
  await addMessage(site.db, AWKWARD);
  return { hash };
}

export async function addMessage(db: Kysely<Tables>, message: string): Promise<void> {
  await db
    .insertInto('contact_messages')
    .values({ name: 'Ada', email: null, message, suspect: false })
    .execute();
}

/** One bit of a file is another. */
export function flipByte(file: string, at?: number): void {
  const bytes = readFileSync(file);
  const place = at ?? Math.floor(bytes.length / 2);
  bytes[place] = bytes[place]! ^ 1;
  writeFileSync(file, bytes);
}
