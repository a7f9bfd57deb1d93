import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '@homepage/testkit';
import { readSource } from './read-file.ts';

test('a file without permission says so', async () => {
  const folder = makeFolder({ 'secret.md': 'words' });
  chmodSync(folder.path, 0o755);
  chmodSync(join(folder.path, 'secret.md'), 0o000);
  const isRoot = process.geteuid!() === 0;
  // Root may read everything: for this one look the test is nobody.
  if (isRoot) process.seteuid!(65_534);
  try {
    await expect(readSource(join(folder.path, 'secret.md'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: 'It cannot be read (EACCES).',
      fix: 'Give this user permission to read it.',
    });
  } finally {
    if (isRoot) process.seteuid!(0);
    folder.remove();
  }
});

test('a file that is gone says so', async () => {
  await expect(readSource('/no/such/file.md')).rejects.toMatchObject({
    message: 'It cannot be read (ENOENT).',
  });
});
