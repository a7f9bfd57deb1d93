/** Ten thousand connections that are kept open and say nothing more. */
import type { Socket } from 'node:net';
import type { Outcome } from '../outcome.ts';
import { addressOf } from './questions.ts';
import { megabytes, memory, portOf, readBefore, statuses, type Scene } from './scene.ts';
import { isOpen, statusLine, withSockets } from './sockets.ts';

/** One here and two at nginx's side for each; a machine that allows fewer files is tried with fewer. */
function mostHere(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { hard: string } };
  };
  return (Number(userLimits.open_files.hard) || Infinity) - 2_000;
}

export async function idleConnections({ platform, length, say }: Scene): Promise<Outcome> {
  const count = Math.min(length === 'short' ? 2_000 : 10_000, mostHere());
  await readBefore(platform);
  const before = memory(platform);
  const answers: string[] = [];
  const ask = async (socket: Socket, number: number): Promise<void> => {
    socket.write(`HEAD / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${addressOf(number)}\r\n\r\n`);
    answers.push(await statusLine(socket));
  };
  say(`opening ${count} connections …`);
  return withSockets(portOf(platform.address), count, ask, async (sockets) => {
    const seen = await statuses(platform, ['/', '/api/v1/site', '/search?q=idle']);
    const open = sockets.filter(isOpen).length;
    const after = memory(platform);
    const failed = answers.filter((answer) => answer !== 'HTTP/1.1 200 OK').length;
    const broken: string[] = [];
    if (open < count) broken.push(`${count - open} of ${count} were closed`);
    if (seen.join() !== '200,200,200') broken.push(`a visitor after them got ${seen.join(', ')}`);
    return {
      requests: count + seen.length,
      failed,
      lost: 0,
      recoverySeconds: null,
      broken,
      detail:
        `${open} connections held; a visitor after them is answered. nginx has ${megabytes(before.nginx)} without them and ` +
        `${megabytes(after.nginx)} with them (${((after.nginx - before.nginx) / count / 1000).toFixed(1)} kB each).`,
    };
  });
}
