import { expect, test } from 'vitest';
import { startProgress } from './progress.ts';

function recorded({ isTTY = false, quiet = false }): {
  at(time: number, done: number, total: number, what: string): void;
  end(): void;
  output(): string;
} {
  let output = '';
  let time = 0;
  const stream = { isTTY, columns: 20, write: (text: string) => (output += text) };
  const progress = startProgress({ stream, quiet, now: () => time });
  return {
    at(when, ...step) {
      time = when;
      progress.update(...step);
    },
    end: () => progress.end(),
    output: () => output,
  };
}

test('on a terminal it is one live line, cut to the width and taken away at the end', () => {
  const progress = recorded({ isTTY: true });
  progress.at(50, 1, 200, 'too early');
  progress.at(100, 2, 200, 'a-long-file-name.md');
  progress.at(250, 3, 0, 'b.md');
  progress.end();
  expect(progress.output()).toBe('\r\x1b[K2 of 200  a-long-fi\r\x1b[K3  b.md\r\x1b[K');
});

test('elsewhere it is a line every few seconds', () => {
  const progress = recorded({});
  for (let time = 0; time <= 7000; time += 500) progress.at(time, time / 500, 14, 'x.md');
  progress.end();
  expect(progress.output()).toBe('6 of 14  x.md\n12 of 14  x.md\n');
});

test('quiet is quiet', () => {
  const progress = recorded({ quiet: true });
  progress.at(5000, 1, 2, 'x');
  progress.end();
  expect(progress.output()).toBe('');
});
