import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** @returns the serial number (hexadecimal) of the certificate that a server shows to who connects now */
export async function serialShown(
  port: number,
  { postgresql = false, host = '127.0.0.1' } = {},
): Promise<string> {
  const socket = connectPlain(port, host);
  await once(socket, 'connect');
  if (postgresql) {
    socket.write(SSL_REQUEST);
    await once(socket, 'data');
  }
  const secure = connectTls({ socket, rejectUnauthorized: false });
  // Who comes without a certificate has seen the server's when it is sent away.
  secure.on('error', () => {});
  await once(secure, 'secureConnect');
  const { serialNumber } = secure.getPeerX509Certificate()!;
  secure.destroy();
  return serialNumber;
}
