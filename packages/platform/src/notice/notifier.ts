/** Tells the owner that somebody wrote. Chosen by settings: mail, a webhook, both or none. */
import { Problem } from '../problem.ts';
import type { Settings } from '../settings.ts';
import { mailNotifier } from './mail.ts';
import { webhookNotifier } from './webhook.ts';

export type Notice = {
  id: number;
  receivedAt: Date;
  name: string;
  email: string | null;
  message: string;
};

export type Notifier = {
  /** a name that stays: notices wait under it */
  channel: 'mail' | 'webhook';
  /** Resolves when the other side has taken it. @throws anything else; it is tried again */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
};

/**
 * @param site its name, its domain, and the owner's public address, which mail goes to without CONTACT_TO
 * @throws Problem CONTACT_TO_MISSING
 */
export function openNotifiers(
  settings: Pick<Settings, 'smtpUrl' | 'contactFrom' | 'contactTo' | 'contactWebhookUrl'>,
  site: { name: string; domain: string; email: string | undefined },
): Notifier[] {
  const notifiers: Notifier[] = [];
  if (settings.smtpUrl) {
    const to = settings.contactTo ?? site.email;
    if (!to) {
      throw new Problem('CONTACT_TO_MISSING', 'SMTP_URL is set, and nobody is named whom mail goes to.', {
        field: 'CONTACT_TO',
        fix: 'Set CONTACT_TO to your address, or owner.email in homepage.config.ts, or unset SMTP_URL.',
      });
    }
    notifiers.push(mailNotifier({ url: settings.smtpUrl, from: settings.contactFrom ?? to, to, site }));
  }
  if (settings.contactWebhookUrl) notifiers.push(webhookNotifier(settings.contactWebhookUrl));
  return notifiers;
}
