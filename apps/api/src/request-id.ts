import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The proxy's own number for the request, so that its log and ours can be read side by side; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  // A stranger may send anything: what is no plain number of hexadecimal digits is not written into logs.
  return typeof given === 'string' && /^[0-9a-f-]{16,36}$/.test(given) ? given : randomUUID();
}
