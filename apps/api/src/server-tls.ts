/** Who may speak to the API where it shows a certificate: nginx and Traefik in front, nobody beside them. */
import type { Server } from 'node:http';
import { Server as TlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { FastifyBaseLogger } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import type { Tls } from '@homepage/platform';

/** Who shows no certificate of the same authority is refused in the handshake; who else is, `admitOnly` says. */
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

/** Whoever is refused tries again and again: that is one line a minute, with the last of them. */
const SAY_EVERY_MS = 60_000;

type Admission = {
  /** common names */
  clients: string[];
  log: FastifyBaseLogger;
  registry: Registry;
};

/**
 * The authority signs for every service, an exporter as well as nginx: who is none of these is hung up on, before a request of
 * it is read. A resumed session has the certificate that it began with, and is asked for it like any other.
 */
export function admitOnly(server: Server, { clients, log, registry }: Admission): void {
  const refusals = new Counter({
    name: 'homepage_tls_clients_refused_total',
    help: 'Connections with a certificate of our authority whose name is not among TLS_CLIENTS.',
    registers: [registry],
  });
  let saidAt = -Infinity;
  let refused = 0;
  // Before the listener of Node's that reads requests.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const name = commonName(socket);
    if (name !== undefined && clients.includes(name)) return;
    const { remoteAddress } = socket;
    socket.destroy();
    refusals.inc();
    refused++;
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    log.warn(
      { name, remoteAddress, refused, allowed: clients },
      'a certificate of another service was refused',
    );
    saidAt = performance.now();
    refused = 0;
  });
}

/** undefined: none, or several */
function commonName(socket: TLSSocket): string | undefined {
  // Of no certificate at all it is {}.
  const { subject } = socket.getPeerCertificate() as { subject?: { CN?: string | string[] } };
  return typeof subject?.CN === 'string' ? subject.CN : undefined;
}
