/** Many connections of visitors who behave badly. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Opens connections, works with them, and closes them whatever happens.
 * @param onOpen what each does first; awaited in portions of a hundred
 */
export async function withSockets<Result>(
  port: number,
  count: number,
  onOpen: (socket: Socket, number: number) => unknown,
  work: (sockets: Socket[]) => Promise<Result>,
): Promise<Result> {
  const sockets: Socket[] = [];
  try {
    // In portions: the queue of connections that nobody accepted yet is finite.
    while (sockets.length < count) {
      const portion = Array.from({ length: Math.min(100, count - sockets.length) }, () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        return socket;
      });
      const first = sockets.length;
      sockets.push(...portion);
      await Promise.all(portion.map((socket) => once(socket, 'connect')));
      await Promise.all(portion.map((socket, index) => onOpen(socket, first + index)));
    }
    return await work(sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** The first line of what comes. */
export async function statusLine(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1').split('\r\n', 1)[0]!;
}

export const isOpen = ({ destroyed, readableEnded }: Socket): boolean => !destroyed && !readableEnded;
