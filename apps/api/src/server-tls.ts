import type { Server } from 'node:http';
import { Server as TlsServer, type TlsOptions } from 'node:tls';
import type { Tls } from '@homepage/platform';

/** Only who shows a certificate of the same authority gets in: nginx and Traefik in front, nobody beside them. */
export const serverTls = (tls: Tls): TlsOptions => ({
  ...tls,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
});

/** For handshakes from now on; connections that are open stay as they are. */
export function renewServerTls(server: Server, tls: Tls): void {
  if (server instanceof TlsServer) server.setSecureContext(serverTls(tls));
}
