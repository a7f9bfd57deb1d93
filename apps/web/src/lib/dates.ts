import type { SiteInfo } from '@homepage/contract';

type Site = Pick<SiteInfo, 'language' | 'timeZone'>;
export type DateLength = 'long' | 'medium' | 'day' | 'minute';

const options: Record<DateLength, Intl.DateTimeFormatOptions> = {
  long: { dateStyle: 'long' },
  medium: { dateStyle: 'medium' },
  day: { day: 'numeric', month: 'long' },
  minute: { dateStyle: 'long', timeStyle: 'short' },
};

/** A date as the site's language writes it, in the site's time zone. */
export function formatDate(iso: string, length: DateLength, { language, timeZone }: Site): string {
  return new Intl.DateTimeFormat(language, { ...options[length], timeZone }).format(new Date(iso));
}
