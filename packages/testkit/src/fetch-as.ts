import { Agent, fetch as send, type RequestInit as SentInit } from 'undici';
import type { Bundle } from './services/certificates.ts';

/** `fetch` that shows a certificate, and believes servers of the same authority only. Plain addresses work too. */
export function fetchAs(bundle: Partial<Bundle> & Pick<Bundle, 'ca.crt'>) {
  const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = bundle;
  const dispatcher = new Agent({ connect: { ca, ...(cert && { cert }), ...(key && { key }) } });
  return (url: string, options: RequestInit = {}): Promise<Response> =>
    send(url, { ...(options as SentInit), dispatcher }) as unknown as Promise<Response>;
}
