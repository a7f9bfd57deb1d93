import type { Notice, Notifier } from './notifier.ts';

type MailOptions = {
  /** smtp:// or smtps://, with user and password when the server wants them */
  url: string;
  from: string;
  to: string;
  site: { name: string; domain: string };
};

/** A new connection for each mail: they are rare, and none is left to time out. */
export function mailNotifier({ url, from, to, site }: MailOptions): Notifier {
  return {
    channel: 'mail',
    async send({ id, receivedAt, name, email, message }: Notice, signal) {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        url,
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 60_000,
        // A message is only text: nothing in it may make us read a file or fetch an address.
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const sent = transport.sendMail({
        from: { name: site.name, address: from },
        to,
        ...(email && { replyTo: { name, address: email } }),
        subject: `${name} wrote to you on ${site.name}`,
        text: `${message}\n\n-- \n${name}${email ? ` <${email}>` : ', who left no address'}\nMessage ${id}, ${receivedAt.toISOString()}\n`,
        // The same for each attempt, so that a mail program can drop a copy.
        messageId: `<contact-${id}@${site.domain}>`,
        date: receivedAt,
      });
      try {
        await Promise.race([sent, aborted(signal)]);
      } finally {
        sent.catch(() => {});
        transport.close();
      }
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    if (signal.aborted) fail(signal.reason as Error);
    signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
  });
}
