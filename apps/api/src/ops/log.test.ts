import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { MOST_CAUSES, openLog } from './log.ts';

function openTestLog(tellEverySeconds?: number) {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, log: openLog('info', { stream, ...(tellEverySeconds && { tellEverySeconds }) }) };
}

const failure = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test('ten thousand failures with one cause are a line, and later another one with their number', async () => {
  const { lines, log } = openTestLog(0.3);
  for (let n = 0; n < 10_000; n++)
    log
      .child({ reqId: n })
      .error({ err: failure(`no such thing as visitor-${n}`, 'ECONNREFUSED') }, 'failed');
  expect(lines).toMatchObject([{ reqId: 0, err: { message: 'no such thing as visitor-0' }, msg: 'failed' }]);
  await expect.poll(() => lines.length).toBe(2);
  expect(lines[1]).toMatchObject({ level: 50, msg: 'the same again', times: 9_999 });
  expect(JSON.stringify(lines[1])).not.toContain('visitor');
  log.error({ err: failure('again', 'ECONNREFUSED') }, 'failed');
  expect(lines).toHaveLength(3);
});

test('other causes are told apart, by what is said and by their code', () => {
  const { lines, log } = openTestLog();
  for (const code of ['ECONNREFUSED', 'ETIMEDOUT', 'ECONNREFUSED'])
    for (const said of ['request failed', 'a part failed']) log.error({ err: failure('x', code) }, said);
  log.warn('only words');
  log.warn('only words');
  expect(lines).toHaveLength(5);
});

test('ten thousand causes are no ten thousand lines either', () => {
  const { lines, log } = openTestLog();
  for (let n = 0; n < 10_000; n++) log.error({ err: failure('x', `CODE_${n}`) }, 'failed');
  expect(lines).toHaveLength(MOST_CAUSES + 1);
});

test('what is no failure is told each time', () => {
  const { lines, log } = openTestLog();
  for (let n = 0; n < 3; n++) log.info('the cache is ready');
  expect(lines).toHaveLength(3);
});
