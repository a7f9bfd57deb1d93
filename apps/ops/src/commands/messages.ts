import { Problem } from '@homepage/platform';
import { listMessages, removeMessage, type StoredMessage } from '@homepage/site';
import { withSite } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { wholeNumber } from '../usage.ts';

export type ListOptions = { limit?: string; suspect?: boolean };

export async function showMessages(
  shell: Shell,
  { limit = '20', suspect = false }: ListOptions,
): Promise<Outcome> {
  const count = wholeNumber('--limit', limit, 10_000, 'homepage messages list');
  const messages = await withSite(shell, 'homepage messages list', ({ db }) =>
    listMessages(db, { limit: count, suspect }),
  );
  const text = messages.length === 0 ? 'There are no messages.' : messages.map(asText).join('\n\n');
  return { ok: true, json: { messages }, text };
}

/** @throws Problem MESSAGE_NOT_FOUND */
export async function deleteMessage(shell: Shell, given: string): Promise<Outcome> {
  const id = wholeNumber('<id>', given, Number.MAX_SAFE_INTEGER, 'homepage messages remove');
  const removed = await withSite(shell, 'homepage messages remove', ({ db }) => removeMessage(db, id));
  if (!removed) {
    throw new Problem('MESSAGE_NOT_FOUND', `There is no message ${id}.`, {
      field: 'id',
      fix: 'Run `homepage messages list` to see the numbers.',
    });
  }
  return { ok: true, json: { removed: id }, text: `Removed message ${id}.` };
}

function asText({ id, receivedAt, name, email, message, suspect }: StoredMessage): string {
  const mark = suspect ? '  (probably written by a program)' : '';
  const heading = `${id}  ${receivedAt.toISOString()}  ${name}${email === null ? '' : ` <${email}>`}${mark}`;
  // What strangers typed: lines are set in, so that no line of theirs can pass for one of ours.
  return [heading, ...message.split('\n').map((line) => `    ${line}`)].join('\n');
}
