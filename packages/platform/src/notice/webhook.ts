import type { Notifier } from './notifier.ts';

/** POSTs the message as JSON. Any 2xx means that it was taken. User and password of the address are sent as HTTP says. */
export function webhookNotifier(address: string): Notifier {
  const url = new URL(address);
  const signIn = [url.username, url.password].map(decodeURIComponent).join(':');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (signIn !== ':') headers['authorization'] = `Basic ${Buffer.from(signIn).toString('base64')}`;
  // `fetch` refuses an address with a password, and repeats it in its error.
  url.username = url.password = '';
  return {
    channel: 'webhook',
    async send({ id, receivedAt, name, email, message }, signal) {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
        // The same for each attempt, so that the other side can drop a copy.
        headers: { ...headers, 'idempotency-key': `contact-${id}` },
        body: JSON.stringify({ type: 'contact.message', id, receivedAt, name, email, message }),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
    },
  };
}
