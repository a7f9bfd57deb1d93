import { expect, test } from 'vitest';
import { describeError, stacksOf } from './describe-error.ts';

test('what hangs on an error is not shown, its causes are', () => {
  const refused = Object.assign(new Error('WRONGPASS'), {
    code: 'X1',
    command: { name: 'auth', args: ['api', 'SECRET'] },
  });
  const parts = new AggregateError([refused, new TypeError('also this')], 'two failed');
  const error = new Error('it failed', { cause: parts });
  const shown = describeError(error);
  expect(shown).toMatchObject({ type: 'Error', message: 'it failed' });
  expect(describeError(refused)).toMatchObject({ code: 'X1', message: 'WRONGPASS' });
  for (const text of ['it failed', 'caused by: AggregateError: two failed', 'WRONGPASS', 'also this'])
    expect(shown.stack).toContain(text);
  expect(shown.stack).toContain('describe-error.test.ts');
  expect(JSON.stringify([shown, describeError(refused)])).not.toContain('SECRET');
});

test.each([
  ['cannot ask postgres://me:SECRET@db:5432/homepage now', 'cannot ask postgres://…@db:5432/homepage now'],
  ['https://me:SECRET/with@more@host/x?y', 'https://…@host/x?y'],
  ['no sign-in: https://host/path', 'no sign-in: https://host/path'],
  ['at file:///srv/node_modules/@scope/x.js:1', 'at file:///srv/node_modules/@scope/x.js:1'],
])('%s', (message, shown) => {
  expect(describeError(new Error(message)).message).toBe(shown);
});

test('what is no error, and a cause that goes in a circle', () => {
  expect(describeError('a text')).toEqual({ type: 'string', message: 'a text', stack: 'a text' });
  expect(describeError(undefined).message).toBe('undefined');
  const error = new Error('round');
  error.cause = error;
  expect(stacksOf(error).match(/round/g)!.length).toBeLessThan(20);
});
