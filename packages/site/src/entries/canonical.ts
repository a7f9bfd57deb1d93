/** As Astro, Eleventy, Gatsby, Hugo and Jekyll blogs call it; it stays among the front matter as it is written. */
const FIELDS = ['canonical', 'canonicalUrl', 'canonicalURL', 'canonical_url'];

/** Where the text stood first, when that is elsewhere: search engines list it there. Anything but http(s) is left out. */
export function canonicalOf(frontMatter: Record<string, unknown>): string | null {
  for (const field of FIELDS) {
    const value = frontMatter[field];
    const url = typeof value === 'string' ? URL.parse(value) : null;
    if (url && /^https?:$/.test(url.protocol)) return url.href;
  }
  return null;
}
