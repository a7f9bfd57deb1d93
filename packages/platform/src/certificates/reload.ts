/**
 * A server's own certificate, renewed in its folder, becomes the one that it shows: the new files are checked as a
 * whole, the server is asked to load them, and a handshake proves that it did. docs/decisions/0022
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CacheServer } from '../cache/cache.ts';
import { Problem } from '../problem.ts';
import { checkTls, invalid, type Tls, type TlsFiles } from '../secrets/certificate.ts';
import { readTls, tlsFilesIn } from '../secrets/secret-files.ts';
import type { Settings } from '../settings.ts';
import { requireSecrets } from '../shape.ts';
import { postgresqlServer } from './postgresql.ts';
import { usersReload, type UsersReload } from './users.ts';
import { valkeyServer } from './valkey.ts';

export type ReloadableServer = 'postgresql' | 'valkey';

/** How a server is asked; each call signs in anew. */
export type AskedServer = {
  /** @throws what refuses it */
  reload(): Promise<void>;
  /** @returns the certificate that it shows, once it let us in with ours */
  shown(): Promise<X509Certificate>;
};

export type Shown = { serial: string; /** ISO 8601 */ notAfter: string };

export type CertificateReload = {
  /** the server's files */
  files: string[];
  /** @throws Problem of what does not fit together; the server is not asked then */
  read(): Renewed;
  /** @throws Problem CERTIFICATE_NOT_TAKEN, CERTIFICATE_REFUSED, or whatever keeps us out */
  renew(next: Renewed): Promise<Shown>;
  /** Valkey's, which has a list of users */
  users: UsersReload | undefined;
};
type Renewed = { tls: Tls; settings: Settings };

export type ReloadOptions = {
  server: ReloadableServer;
  /** of the server's tls.crt, tls.key and ca.crt; the server itself sees them at the same path */
  folder: string;
  /** what to sign in with, read anew each time: that certificate is renewed as well */
  readSettings: () => Settings;
};

/** A server loads them within a second; what takes longer was refused. */
const SHOWN_WITHIN_MS = 5_000;

/** @throws Problem SETTING_INVALID, SECRET_MISSING when there is nothing to sign in with */
export function certificateReload({ server, folder, readSettings }: ReloadOptions): CertificateReload {
  const files = tlsFilesIn(folder);
  requireOwn(server, folder, readSettings());
  return {
    files: Object.values(files),
    read() {
      const settings = readSettings();
      requireOwn(server, folder, settings);
      const tls = readTls(files);
      const own = settings.tls!;
      const ownFiles = ownNames(settings);
      // Whom everybody else believes, it must come from; and whom the server will believe, we must come from.
      checkTls({ ...tls, ca: own.ca }, { ...files, ca: ownFiles.ca });
      checkTls({ ...own, ca: tls.ca }, { ...ownFiles, ca: files.ca });
      checkServes(tls, files, hostOf(server, settings));
      return { tls, settings };
    },
    async renew({ tls, settings }) {
      const asked =
        server === 'postgresql'
          ? postgresqlServer(settings.database!)
          : valkeyServer(valkeyIn(settings), files);
      await asked.reload();
      return proven(server, asked, new X509Certificate(tls.cert));
    },
    users:
      server === 'valkey'
        ? usersReload(folder, () => {
            const settings = readSettings();
            requireOwn(server, folder, settings);
            return valkeyIn(settings);
          })
        : undefined,
  };
}

const valkeyIn = (settings: Settings): CacheServer => ({ ...oneServer(settings), tls: settings.tls });

async function proven(server: ReloadableServer, asked: AskedServer, wanted: X509Certificate): Promise<Shown> {
  const deadline = performance.now() + SHOWN_WITHIN_MS;
  for (;;) {
    const shown = await asked.shown();
    if (shown.raw.equals(wanted.raw))
      return { serial: wanted.serialNumber, notAfter: wanted.validToDate.toISOString() };
    if (performance.now() > deadline) {
      throw new Problem(
        'CERTIFICATE_NOT_TAKEN',
        `${server} still shows the certificate ${shown.serialNumber}, not ${wanted.serialNumber}.`,
        { fix: 'Its own log says why; often it may not read tls.key, or reads another folder.' },
      );
    }
    await wait(100);
  }
}

const ownNames = ({ secretsDir }: Settings): TlsFiles =>
  secretsDir === undefined
    ? { cert: 'TLS_CERT_FILE', key: 'TLS_KEY_FILE', ca: 'TLS_CA_FILE' }
    : tlsFilesIn(secretsDir);

/** It stands beside one server; who the master is does not matter. @throws Problem SETTING_INVALID */
function oneServer({ cache }: Settings): CacheServer {
  if (!('sentinels' in cache!)) return cache!;
  throw new Problem('SETTING_INVALID', 'The cache is named by its Sentinels; this command asks one server.', {
    field: 'cache.json',
    fix: 'Write the host and the port of the Valkey whose certificate it watches.',
  });
}

function hostOf(server: ReloadableServer, settings: Settings): string {
  if (server === 'valkey') return oneServer(settings).host;
  const { database } = settings;
  return 'url' in database! ? new URL(database.url).hostname.replace(/^\[|\]$/g, '') : database!.host;
}

const FOR_SERVERS = '1.3.6.1.5.5.7.3.1';

/** Once the server shows it, whoever connects would refuse it. */
function checkServes({ cert }: Tls, files: TlsFiles, host: string): void {
  const leaf = new X509Certificate(cert);
  // Without that list it is for anything.
  if (leaf.keyUsage && !leaf.keyUsage.includes(FOR_SERVERS))
    throw invalid(files.cert, 'is not for servers', 'Let the agent ask for one with serverAuth.');
  if (!(isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)))
    throw invalid(files.cert, `does not name ${host}`, 'Let the agent ask for one that does.');
}

function requireOwn(server: ReloadableServer, folder: string, settings: Settings): void {
  const { secretsDir, tls, database, cache } = settings;
  if (secretsDir !== undefined && resolve(secretsDir) === resolve(folder)) {
    throw new Problem('SETTING_INVALID', `SECRETS_DIR is ${folder}, the folder of the server itself.`, {
      field: 'SECRETS_DIR',
      fix: 'Set it to the folder with what this command signs in with, or name the other with --folder.',
    });
  }
  const file = server === 'postgresql' ? 'database.json' : 'cache.json';
  requireSecrets(settings, ['tls.crt', file]);
  if (tls && (server === 'postgresql' ? database : cache)) return;
  throw new Problem('SECRET_MISSING', `There is nothing to sign in to ${server} with.`, {
    field: 'SECRETS_DIR',
    fix: `Set SECRETS_DIR to a folder with tls.crt, tls.key, ca.crt and ${file}.`,
  });
}
