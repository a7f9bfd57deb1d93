import type { SiteInfo } from '@homepage/contract';

/** Where in its year a moment lies, from 0 to 1, in the site's time zone. */
export function partOfYear(iso: string, { timeZone }: Pick<SiteInfo, 'timeZone'>): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, month: 'numeric', day: 'numeric' }).formatToParts(
    new Date(iso),
  );
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return (part('month') - 1 + (part('day') - 1) / 31) / 12;
}
