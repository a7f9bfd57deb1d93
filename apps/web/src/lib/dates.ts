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

/** Where in its year a moment lies, from 0 to 1, in the site's time zone. */
export function partOfYear(iso: string, { timeZone }: Site): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, month: 'numeric', day: 'numeric' }).formatToParts(
    new Date(iso),
  );
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return (part('month') - 1 + (part('day') - 1) / 31) / 12;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago", "in 12 days": the largest whole unit between two moments. */
export function formatDistance(iso: string, now: number, { language }: Site): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}
