/** What a driver's error means for a person: PostgreSQL's codes and the system's, as Problems. */
import { diskFull } from '../disk.ts';
import { Problem } from '../problem.ts';

const UNTRUSTED = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The driver's words for its own limits; they have no code. And PostgreSQL's, when it gave up at one of ours. */
const TOO_LATE =
  /^(timeout exceeded when trying to connect|Query read timeout|timeout expired)$|due to (statement|lock) timeout$/;

/** @returns undefined for errors that are not the database's being away, full or closed to us */
export function explainDatabaseError(error: unknown): Problem | undefined {
  const { code, message, syscall } = Object(error) as { code?: string; message?: string; syscall?: string };
  if (code === '53100') return diskFull(error);
  if (code === '28P01' || code === '28000')
    return refused('The database refused the user or password.', error);
  // TLS alerts of the server about our certificate, and our own verdict about its.
  if (/^ERR_SSL_.*ALERT/.test(code ?? ''))
    return refused(`The database refused our certificate (${code}).`, error);
  if (code !== undefined && UNTRUSTED.has(code)) {
    return new Problem('DATABASE_UNTRUSTED', `The database's certificate is not to be trusted (${code}).`, {
      field: 'ca.crt',
      fix: 'Give the server a certificate of our authority that names its host, or correct ca.crt and the host.',
      cause: error,
    });
  }
  if (code === '3D000') return refused('That database does not exist on the server.', error);
  if (code === '42501') {
    return new Problem('DATABASE_DENIED', `The database user may not do this: ${message}.`, {
      field: 'DATABASE_URL',
      fix: 'Use a user with that right; migrations need the owner (DATABASE_OWNER_URL).',
      cause: error,
    });
  }
  if (code === '25006') {
    return new Problem('DATABASE_READ_ONLY', 'The database takes no changes at the moment.', {
      fix: 'Wait until it does again (a replica that takes over, a disk that was full), then try again.',
      cause: error,
    });
  }
  const gone =
    code === '57P01' ||
    code === 'EPIPE' ||
    code === 'ECONNRESET' ||
    /^Connection terminated/.test(message ?? '');
  if (gone) {
    return new Problem('DATABASE_GONE', 'The connection to the database ended in the middle.', {
      fix: 'Run the same command again: everything that was acknowledged is stored.',
      cause: error,
    });
  }
  const away = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ETIMEDOUT',
    'ENOENT',
    '57P03',
    '53300',
  ];
  const tooLate = TOO_LATE.test(message ?? '');
  if (
    tooLate ||
    (code !== undefined && away.includes(code) && (code !== 'ENOENT' || syscall === 'connect'))
  ) {
    const why = tooLate ? 'in time' : `(${code})`;
    return new Problem('DATABASE_AWAY', `The database does not answer ${why}.`, {
      field: 'DATABASE_URL',
      fix: 'Check that it runs and that DATABASE_URL names it, then try again.',
      cause: error,
    });
  }
  return undefined;
}

function refused(message: string, cause: unknown): Problem {
  return new Problem('DATABASE_REFUSED', message, {
    field: 'DATABASE_URL',
    fix: 'Correct DATABASE_URL (and DATABASE_OWNER_URL for migrations), or database.json and the certificate beside it.',
    cause,
  });
}
