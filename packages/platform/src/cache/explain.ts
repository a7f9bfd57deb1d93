/** What a failure of Valkey means for a person. The site works without it, so these are told, never thrown at a visitor. */
import { MasterUnknown } from './sentinel.ts';
import { Problem } from '../problem.ts';
import { explainTlsError } from '../secrets/untrusted.ts';

const WITHOUT = 'The site works without it, more slowly.';

/** @returns Problem CACHE_REFUSED, CACHE_DENIED, CACHE_UNTRUSTED, CACHE_AWAY */
export function explainCacheError(error: unknown): Problem {
  const { code, message = '' } = Object(error) as { code?: string; message?: string };
  const made = (problem: string, what: string, fix: string): Problem =>
    new Problem(problem, what, { field: 'CACHE_URL', fix: `${fix} ${WITHOUT}`, cause: error });
  if (/^(WRONGPASS|NOAUTH|ERR AUTH)/.test(message)) {
    return made(
      'CACHE_REFUSED',
      'The cache refused the user or password.',
      'Correct them in CACHE_URL or cache.json, or in the users.acl of Valkey, which "homepage certificates watch valkey" makes it load.',
    );
  }
  if (message.startsWith('NOPERM')) {
    const command = /'([\w|]+)' command/.exec(message)?.[1];
    return made(
      'CACHE_DENIED',
      `The cache's user lacks a right${command ? ` (${command})` : ''}.`,
      'Use the user "api" of deploy/valkey/users.acl.template, or give this one its rights there: "homepage certificates watch valkey" makes Valkey load them.',
    );
  }
  if (error instanceof MasterUnknown) {
    return made(
      'CACHE_AWAY',
      `${message}.`,
      'Write the name that stands in their "sentinel monitor" into CACHE_URL or cache.json.',
    );
  }
  const tls = explainTlsError(error);
  if (tls?.kind === 'untrusted') {
    return made(
      'CACHE_UNTRUSTED',
      `The cache's certificate is not to be trusted: ${tls.why}.`,
      'Give Valkey a certificate of our authority that names its host, or correct ca.crt and the host.',
    );
  }
  if (tls?.kind === 'refused') {
    return made(
      'CACHE_REFUSED',
      `The cache refused our certificate: ${tls.why}.`,
      'Write tls.crt, tls.key and ca.crt anew, from the authority that Valkey knows.',
    );
  }
  if (tls) {
    return made(
      'CACHE_AWAY',
      'The cache does not answer: what listens there speaks no TLS.',
      'Check its port; Valkey without TLS is redis://, on the same machine only.',
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return made(
      'CACHE_AWAY',
      'The cache closed the connection at once.',
      'Check its port, and the address in CACHE_URL: a Valkey with TLS is valkeys://, with the s.',
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return made(
      'CACHE_AWAY',
      `The cache does not answer: there is no host of its name (${code}).`,
      'Check the host in CACHE_URL or cache.json.',
    );
  }
  return made(
    'CACHE_AWAY',
    `The cache does not answer${code ? ` (${code})` : ''}.`,
    'Check that it runs, and its host and port in CACHE_URL or cache.json.',
  );
}
