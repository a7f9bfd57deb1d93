/** What a driver's error means for a person: PostgreSQL's codes and the system's, as Problems. */
import { diskFull } from '../disk.ts';
import { Problem } from '../problem.ts';
import { explainTlsError } from '../secrets/untrusted.ts';
import { WHERE, whyRefused } from './refusals.ts';

/** The driver's words for its own limits; they have no code. And PostgreSQL's, when it gave up at one of ours. */
const TOO_LATE =
  /^(timeout exceeded when trying to connect|Query read timeout|timeout expired)$|due to (statement|lock|connection) timeout$/;

/** @returns undefined for errors that are not the database's being away, full or closed to us */
export function explainDatabaseError(error: unknown): Problem | undefined {
  const { code, message, syscall } = Object(error) as { code?: string; message?: string; syscall?: string };
  if (code === '53100') return diskFull(error);
  const refusal = code === undefined ? undefined : whyRefused(code, message ?? '');
  if (refusal) return refused(...refusal, error);
  const tls = explainTlsError(error);
  if (tls?.kind === 'refused') {
    return refused(
      `The database refused our certificate: ${tls.why}.`,
      'Write tls.crt, tls.key and ca.crt anew, from the authority that the database knows.',
      error,
    );
  }
  if (tls?.kind === 'untrusted') {
    return new Problem('DATABASE_UNTRUSTED', `The database's certificate is not to be trusted: ${tls.why}.`, {
      field: 'ca.crt',
      fix: 'Give the server a certificate of our authority that names its host, or correct ca.crt and the host.',
      cause: error,
    });
  }
  if (NO_TLS.test(message ?? '')) {
    return new Problem(
      'DATABASE_UNTRUSTED',
      'The database speaks no TLS, and there is a certificate to sign in with.',
      {
        field: 'DATABASE_URL',
        fix: 'Turn on ssl in postgresql.conf, or ask a server on this machine without certificate files.',
        cause: error,
      },
    );
  }
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
  if (NO_POSTGRESQL.test(message ?? '')) {
    return new Problem('DATABASE_AWAY', 'What answers at the address of the database is no PostgreSQL.', {
      field: 'DATABASE_URL',
      fix: `Correct host and port in ${WHERE}.`,
      cause: error,
    });
  }
  const tooLate = TOO_LATE.test(message ?? '');
  const gone =
    !tooLate &&
    (code === '57P01' ||
      code === 'EPIPE' ||
      code === 'ECONNRESET' ||
      /^Connection terminated|^Client has encountered a connection error/.test(message ?? ''));
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
  if (
    tooLate ||
    (code !== undefined && away.includes(code) && (code !== 'ENOENT' || syscall === 'connect'))
  ) {
    const why = tooLate ? 'in time' : `(${code})`;
    return new Problem('DATABASE_AWAY', `The database does not answer ${why}.`, {
      field: 'DATABASE_URL',
      fix:
        AWAY_FIXES[code ?? ''] ??
        'Check that it runs and that DATABASE_URL or database.json names it, then try again.',
      cause: error,
    });
  }
  return undefined;
}

/**
 * Of the first question that a process asks: nothing was ever acknowledged to it, so who closes the connection is no
 * database, or one that is just starting.
 */
export function explainFirstAnswer(error: unknown): Problem | undefined {
  const first = Object(error) as { code?: string; syscall?: string };
  // The driver reads the files that an address names when it connects.
  if (first.syscall === 'open') {
    return refused(
      `A file that the address of the database names cannot be read (${first.code}).`,
      'Correct sslrootcert, sslcert and sslkey in DATABASE_URL, or leave them out and use TLS_CA_FILE and the others.',
      error,
    );
  }
  const problem = error instanceof Problem ? error : explainDatabaseError(error);
  if (problem?.code !== 'DATABASE_GONE') return problem;
  return new Problem('DATABASE_AWAY', 'What answers at the address of the database closed the connection.', {
    field: 'DATABASE_URL',
    fix: 'Wait when it is starting; otherwise check host and port in DATABASE_URL or database.json.',
    cause: error,
  });
}

function refused(message: string, fix: string, cause: unknown): Problem {
  return new Problem('DATABASE_REFUSED', message, { field: 'DATABASE_URL', fix, cause });
}

const NO_POSTGRESQL = /^There was an error establishing an SSL connection/;
const NO_TLS = /^The server does not support SSL connections/;

const AWAY_FIXES: Record<string, string> = {
  ENOTFOUND: `There is no host of that name: correct it in ${WHERE}.`,
  '53300': 'All its connections are taken: end some, or raise max_connections.',
};
