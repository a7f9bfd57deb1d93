import type { SiteConfig } from '@homepage/platform/config';

const LIFE_DAYS = 180;

/**
 * RFC 9116. Expires half a year after the month it was asked in began, so that it stays the same for a month.
 * @returns undefined when the owner gave no way to reach them
 */
export function securityTxt({ owner, language }: SiteConfig, origin: string, now: Date): string | undefined {
  const contact = owner.email ? `mailto:${owner.email}` : `https://github.com/${owner.github}`;
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const expires = new Date(month + LIFE_DAYS * 86_400_000);
  return `Contact: ${contact}
Expires: ${expires.toISOString().replace('.000Z', 'Z')}
Preferred-Languages: ${language.split('-')[0]}
Canonical: ${origin}/.well-known/security.txt
`;
}
