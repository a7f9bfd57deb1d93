/** Visitors who send or read as slowly as they can: to hold connections is all that they want. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from '@homepage/testkit';
import type { Outcome } from '../outcome.ts';
import { MOST_FILES_AT_ONCE } from '../../../apps/api/src/features/media/routes.ts';
import { addressOf } from './questions.ts';
import { hanging, notServed, refusals } from './tallies.ts';
import {
  generate,
  megabytes,
  memory,
  portOf,
  readBefore,
  secondsUntil,
  statuses,
  type Scene,
} from './scene.ts';
import { isOpen, withSockets } from './sockets.ts';

const EACH = { short: 150, full: 500 };
/** more than what stands in buffers on the way */
const FILE_BYTES = 20_000_000;
/** A bit longer than nginx lets anybody be silent or not read (send_timeout 20s), and the kernel's buffers besides. */
const GONE_WITHIN_SECONDS = 60;

export async function slowVisitors({ platform, length, say }: Scene): Promise<Outcome> {
  const each = EACH[length];
  const file = await publishFile(platform);
  await readBefore(platform);
  const before = memory(platform);
  say(`${each} that send a letter a second, ${each} that write so, ${each} that read so …`);
  const open = (socket: Socket, number: number): void => {
    const from = `X-Forwarded-For: ${addressOf(number)}\r\n`;
    if (number < each) socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${from}X-Slow: `);
    else if (number < 2 * each)
      socket.write(
        `POST /api/v1/contact HTTP/1.1\r\nHost: x\r\n${from}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`,
      );
    else {
      socket.pause();
      socket.write(`GET ${file} HTTP/1.1\r\nHost: x\r\n${from}\r\n`);
    }
  };
  return withSockets(portOf(platform.address), 3 * each, open, async (sockets) => {
    const reads = sockets.map(() => '');
    const dribble = setInterval(() => {
      for (const [number, socket] of sockets.entries()) {
        if (!isOpen(socket)) continue;
        if (number < 2 * each) socket.write('a');
        else reads[number] ||= letters(socket, 12);
        if (number >= 2 * each) letters(socket, 1);
      }
    }, 1_000);
    try {
      // Until their answers stand in every buffer on the way.
      await wait(3_000);
      const others = await generate({
        port: portOf(platform.address),
        seconds: length === 'short' ? 4 : 20,
        open: { neverKept: 10, pages: 30, answers: 10, messages: 0.5 },
      });
      const seen = await statuses(platform, ['/', '/search?q=beside', '/api/v1/site']);
      const during = memory(platform);
      const refusedReaders = reads.filter((read) => read === 'HTTP/1.1 503').length;
      // Who sends a letter now and then is told to hurry after ten seconds; who says nothing or reads nothing is let go.
      const senders = sockets.slice(0, each);
      const gone = await secondsUntil(() => Promise.resolve(!senders.some(isOpen)), GONE_WITHIN_SECONDS);
      const failed =
        notServed(others.pages) +
        [others.neverKept, others.answers, others.messages].reduce((sum, all) => sum + hanging(all), 0);
      const refused = refusals(others.neverKept) + refusals(others.answers) + refusals(others.messages);
      const asked = others.neverKept.asked + others.answers.asked + others.messages.asked;
      const broken: string[] = [];
      const most = MOST_FILES_AT_ONCE * platform.replicas.length;
      if (refusedReaders < each - most) broken.push(`${each} files were sent at once, where ${most} may be`);
      if (failed > 0) broken.push(`${failed} others had no answer, or no page that is kept`);
      if (refused > asked / 2) broken.push(`${refused} of ${asked} others were told to come again`);
      if (seen.join() !== '200,200,200') broken.push(`one who came later got ${seen.join(', ')}`);
      if (gone === null) broken.push('who never ends a request was not let go');
      return {
        requests: asked + others.pages.asked,
        failed,
        lost: 0,
        recoverySeconds: null,
        broken,
        detail:
          `Beside ${3 * each} slow ones (${refusedReaders} of the readers were told to come again) ${asked + others.pages.asked - refused} others were served, ${refused} told to come again: pages never kept p99 ${others.neverKept.p99.toFixed(0)} ms, kept ones ` +
          `${others.pages.p99.toFixed(0)} ms. Unfinished requests were let go${gone === null ? ' never' : ' in time'}. Memory: API ` +
          `${before.replicas.map(megabytes).join(', ')} before, ${during.replicas.map(megabytes).join(', ')} meanwhile; nginx ` +
          `${megabytes(before.nginx)} and ${megabytes(during.nginx)}.`,
      };
    } finally {
      clearInterval(dribble);
    }
  });
}

/** At most so many of what has come. */
const letters = (socket: Socket, count: number): string =>
  String((socket.read(count) as Buffer | null) ?? '');

/** @returns its address */
async function publishFile({ homepage, address, fetch }: Scene['platform']): Promise<string> {
  const content = makeFolder();
  try {
    content.write({
      'posts/film/index.md': '---\ntitle: Film\ndate: 2026-01-02\n---\n[A film](film.mp4)\n',
      // The beginning decides what it is.
      'posts/film/film.mp4': Buffer.concat([
        Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'),
        randomBytes(FILE_BYTES),
      ]),
    });
    const { code, stdout, stderr } = await homepage(['import', content.path]);
    if (code !== 0) throw new Error(`the film was not taken:\n${stdout}${stderr}`);
  } finally {
    content.remove();
  }
  for (let tries = 0; tries < 50; tries++) {
    const [found] =
      /\/media\/[0-9a-f]{64}\/film\.mp4/.exec(await (await fetch(`${address}/posts/film`)).text()) ?? [];
    if (found) return found;
    await wait(200);
  }
  throw new Error('the film was not shown');
}
