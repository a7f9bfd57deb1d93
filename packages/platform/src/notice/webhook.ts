import type { Notifier } from './notifier.ts';

/** POSTs the message as JSON. Any 2xx means that it was taken. */
export function webhookNotifier(url: string): Notifier {
  return {
    channel: 'webhook',
    async send({ id, receivedAt, name, email, message }, signal) {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
        // The same for each attempt, so that the other side can drop a copy.
        headers: { 'content-type': 'application/json', 'idempotency-key': `contact-${id}` },
        body: JSON.stringify({ type: 'contact.message', id, receivedAt, name, email, message }),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
    },
  };
}
