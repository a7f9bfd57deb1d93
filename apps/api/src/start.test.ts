import { expect, test } from 'vitest';
import { closeAll } from './start.ts';

test('everything is closed, newest first, also behind a part that fails; then the failure is told', async () => {
  const closed: string[] = [];
  const steps = ['database', 'server', 'watch'].map((name) => async () => {
    closed.push(name);
    if (name === 'server') throw new Error('stuck');
  });
  await expect(closeAll(steps)).rejects.toThrow('stuck');
  expect(closed).toEqual(['watch', 'server', 'database']);
  await expect(closeAll(steps)).rejects.toThrow('stuck');
  expect(closed.slice(3)).toEqual(['watch', 'server', 'database']);
});
