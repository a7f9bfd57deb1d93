/**
 * An old address as the path that visitors asked for: decoded, in NFC, without host, query, index.html and
 * slash at its end.
 * Pure.
 * @returns null for the home page, for a pattern of a generator ("/:year/:title/") and for what is no path
 */
export function oldPath(address: string): string | null {
  const text = address.trim();
  if (/[{}]|\/:|^:/.test(text)) return null;
  let url: URL;
  try {
    url = new URL(text.replace(/^\/+(?=\/)/, ''), 'http://site.invalid/');
    if (!/^https?:$/.test(url.protocol)) return null;
    const path = decodeURIComponent(url.pathname)
      .normalize('NFC')
      .replace(/(?:\/index\.html?)?\/*$/, '');
    return path === '' || /\p{Cc}/u.test(path) ? null : path.replaceAll(/\/{2,}/g, '/');
  } catch {
    return null;
  }
}
