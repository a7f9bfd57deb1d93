import { expect, test } from 'vitest';
import { Problem, Problems } from '@homepage/platform';
import { reportProblem } from './report-problem.ts';

test('a Problem is what happened and the next step, without a stack', () => {
  const problem = new Problem('PORT_TAKEN', 'Port 3000 is in use.', {
    field: 'PORT',
    fix: 'Choose another.',
  });
  expect(reportProblem(problem, { debug: false })).toEqual({
    text: 'Port 3000 is in use.\nChoose another.',
    json: {
      error: {
        code: 'PORT_TAKEN',
        message: 'Port 3000 is in use.',
        fix: 'Choose another.',
        field: 'PORT',
        command: null,
      },
    },
  });
});

test('several are listed, and given one by one to machines', () => {
  const part = new Problem('SETTING_INVALID', 'PORT is wrong.', { field: 'PORT', fix: 'Unset it.' });
  const { text, json } = reportProblem(
    new Problems('SETTINGS_INVALID', 'Not valid:', [part], { fix: 'Mend it.' }),
    { debug: false },
  );
  expect(text).toBe('Not valid:\n  PORT is wrong. Unset it.\nMend it.');
  expect(json.error.problems).toEqual([
    { code: 'SETTING_INVALID', message: 'PORT is wrong.', fix: 'Unset it.', field: 'PORT', command: null },
  ]);
});

test('a database that is away is explained', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  expect(reportProblem(error, { debug: false }).json.error.code).toBe('DATABASE_AWAY');
});

test.each([[new TypeError('x is not a function')], ['x is not a function']])(
  'what nobody foresaw asks for a report',
  (error) => {
    const { text, json } = reportProblem(error, { debug: false });
    expect(json.error.code).toBe('UNEXPECTED');
    expect(text).toBe(
      'Something unexpected failed: x is not a function\n' +
        'Run it again with LOG_LEVEL=debug and open an issue with what it prints. What was acknowledged is stored.',
    );
  },
);

test('the stack and its causes come with debug only', () => {
  const error = new Problem('X', 'It failed.', { fix: 'Mend it.', cause: new Error('the true reason') });
  expect(reportProblem(error, { debug: false }).text).not.toContain('the true reason');
  const { text } = reportProblem(error, { debug: true });
  expect(text).toContain('the true reason');
  expect(text).toContain('report-problem.test.ts');
});
