import type { Settings } from './settings.ts';

type Place = Pick<Settings, 'host' | 'port' | 'tls' | 'publicUrl' | 'database'>;

/** Where this process itself can be reached, e.g. http://127.0.0.1:3000 */
export function ownAddress({ host, port, tls }: Omit<Place, 'publicUrl' | 'database'>): string {
  return `${tls ? 'https' : 'http'}://${hostName(host)}:${port}`;
}

/** What visitors see in front of every path, without a slash at its end. @param domain of the configuration */
export function publicOrigin(place: Place, domain: string): string {
  return place.publicUrl ?? (place.database ? `https://${domain}` : ownAddress(place));
}

function hostName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
