import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StorageLocation } from '@homepage/platform';
import { makeFolder } from '@homepage/testkit';
import { watchBackups } from './watch.ts';

test('looks at other targets from the moment that it is given them', async () => {
  const folder = makeFolder();
  const at = (name: string): StorageLocation => ({ kind: 'files', name, folder: join(folder.path, name) });
  const seen: string[][] = [];
  const watch = watchBackups([], {
    onLook: (targets) => seen.push(targets.map(({ target }) => target)),
    onError: (error) => expect.fail(String(error)),
  });
  await watch.renew([at('first')]);
  expect(watch.targets()).toMatchObject([{ target: 'first', backups: 0 }]);
  await watch.renew([at('other'), at('third')]);
  expect(seen.at(-1)).toEqual(['other', 'third']);
  watch.stop();
  folder.remove();
});
