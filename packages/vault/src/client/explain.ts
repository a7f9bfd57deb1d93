/** What a failure of Vault means for a person, and what to do next. Bodies are read for their errors alone, never shown whole. */
import { explainTlsError, Problem } from '@homepage/platform';

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ECONNRESET: 'it ended the connection',
  EPIPE: 'it ended the connection',
  ETIMEDOUT: 'it does not answer in time',
  ABORT_ERR: 'it does not answer in time',
  23: 'it does not answer in time',
};

/** What may be gone in a moment: Vault restarts, or a leader is elected. */
export const isTransient = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'EAI_AGAIN'].includes(codeOf(error));

const codeOf = (error: unknown): string => String((Object(error) as { code?: unknown }).code ?? '');

export function wrongAddress(address: string): Problem {
  const plain = address.startsWith('http://');
  return new Problem(
    'VAULT_ADDRESS_INVALID',
    plain
      ? 'The address of Vault is http://: tokens would cross the network as they are.'
      : 'The address of Vault is no https:// address.',
    { field: 'VAULT_ADDR', fix: 'Write it like https://vault.vault.svc:8200, without a path.' },
  );
}

/** @returns VAULT_UNTRUSTED, VAULT_NOT_VAULT or VAULT_AWAY */
export function explainConnection(error: unknown, address: string): Problem {
  const tls = explainTlsError(error);
  if (tls?.kind === 'untrusted')
    return new Problem('VAULT_UNTRUSTED', `The certificate of ${address} is not believed: ${tls.why}.`, {
      field: 'VAULT_CACERT',
      fix: 'Name the file with the authority of Vault in VAULT_CACERT, ask it by a name that its certificate has, or renew that certificate.',
      command: showCertificate(address),
      cause: error,
    });
  if (tls?.kind === 'plain')
    return new Problem('VAULT_NOT_VAULT', `${address} speaks no TLS.`, {
      field: 'VAULT_ADDR',
      fix: 'Correct host and port, and give the listener of Vault a certificate.',
      cause: error,
    });
  const why = tls?.why ?? UNREACHABLE[codeOf(error)] ?? `the connection failed (${codeOf(error)})`;
  return new Problem('VAULT_AWAY', `Vault does not answer at ${address}: ${why}.`, {
    field: 'VAULT_ADDR',
    fix: 'Check that it runs, and correct host and port. What services have already goes on without it.',
    command: `curl --silent --show-error --insecure ${address}/v1/sys/health`,
    cause: error,
  });
}

const showCertificate = (address: string): string =>
  `openssl s_client -connect ${new URL(address).host} </dev/null | openssl x509 -noout -issuer -dates -ext subjectAltName`;

type Received = { status: number; text: string; method: string; path: string; address: string };
type Explained = {
  problem: Problem;
  /** asking again within seconds would be told the same */
  lasting: boolean;
};

/** @returns undefined when it is no failure; 404 without errors is an answer: nothing is there */
export function explainAnswer({ status, text, method, path, address }: Received): Explained | undefined {
  const errors = errorsIn(text);
  if (errors === undefined) {
    if (status >= 200 && status < 300 && text.trim() === '') return undefined;
    const what = `What answers at ${address} is not Vault (${status} for ${path}).`;
    const problem = new Problem('VAULT_NOT_VAULT', what, {
      field: 'VAULT_ADDR',
      fix: 'Correct host and port; a proxy in front of Vault must pass /v1 on.',
    });
    return { problem, lasting: status < 500 };
  }
  const asked = method === 'GET';
  // Also below a mount that is not there yet.
  if (status < 400 || (status === 404 && (asked || errors.length === 0))) return undefined;
  const said = errors.join('; ').replaceAll(/\s+/g, ' ').replaceAll('* ', '').trim();
  const of = `${method} ${path}`;
  const failure = (
    code: string,
    message: string,
    fix: string,
    lasting: boolean,
    command?: string,
  ): Explained => ({
    problem: new Problem(code, message, { fix, ...(command !== undefined && { command }) }),
    lasting,
  });

  if (/not initialized/i.test(said))
    return failure(
      'VAULT_NOT_INITIALISED',
      `Vault at ${address} was never set up.`,
      'Set it up; its keys are shown once.',
      true,
      'homepage vault init --help',
    );
  if (/vault is sealed/i.test(said))
    return failure(
      'VAULT_SEALED',
      `Vault at ${address} is sealed: it has its data, and not the key to read it.`,
      'The primary opens by itself once the bootstrap is open; the bootstrap opens with its unseal keys. Services go on with the files they have.',
      true,
      'homepage vault status',
    );
  if (/active cluster node not found|standby/i.test(said))
    return failure(
      'VAULT_STANDBY',
      `Vault at ${address} is a standby and knows no leader.`,
      'Wait for the election; with less than half of the servers there is none. Ask another server meanwhile.',
      false,
    );
  if (status === 429)
    return failure(
      'VAULT_BUSY',
      `Vault at ${address} refuses ${of}: too many requests (429).`,
      'Wait a moment and run it again; its limit is a rate limit quota.',
      false,
    );
  if (status === 403 && /invalid token|token not found|bad token|missing client token/i.test(said))
    return failure(
      'VAULT_TOKEN_REFUSED',
      'Vault does not know the token: it ended, was revoked, or is of another server.',
      'Sign in anew, or set VAULT_TOKEN to a token of this server.',
      true,
    );
  if (status === 403)
    return failure(
      'VAULT_DENIED',
      `Vault refuses ${of}: permission denied.`,
      'The token is not meant for this; use one whose policy names that path.',
      true,
    );
  if (status >= 500)
    return failure(
      'VAULT_FAILED',
      `Vault failed at ${of} (${status}): ${said}`,
      'What was done before stays, and the same command may be run again. The log of Vault says more: a full disk and a blocked audit device look like this.',
      false,
    );
  return failure('VAULT_REFUSED', `Vault refuses ${of} (${status}): ${said}`, 'Correct what it names.', true);
}

/** @returns undefined when this is no answer of Vault's API */
function errorsIn(text: string): string[] | undefined {
  if (text.trim() === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const { errors } = body as { errors?: unknown };
  return Array.isArray(errors) ? errors.map(String) : [];
}
