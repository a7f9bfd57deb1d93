/** What ends: certificates of Vault itself, its authorities, tokens. Each is told before it does. */
import type { X509Certificate } from 'node:crypto';
import { endsSoon, Problem } from '@homepage/platform';
import { lookAtAuthorities } from '../authorities.ts';
import type { Vault } from '../client/client.ts';
import { lookAtSealToken, SEAL_TOKEN_PERIOD } from '../seal-token.ts';

/** Of the life of a token. */
const TOO_LITTLE = 1 / 10;
/** The primary renews its token when two thirds of the period are over, at the latest. */
const TOO_LITTLE_OF_TOKEN = 1 / 4;
const DAY = 86_400;

/**
 * @param of whose it is, e.g. "The certificate of the bootstrap"
 * @returns until when
 * @throws Problem VAULT_CERTIFICATE_ENDS
 */
export function requireLife(
  of: string,
  certificate: Pick<X509Certificate, 'validFromDate' | 'validToDate'>,
  next: { fix: string; command?: string },
  now = new Date(),
): string {
  const { validToDate } = certificate;
  const left = validToDate.getTime() - now.getTime();
  const until = `${validToDate.toISOString().slice(0, 10)} (${inDays(left / 1000)})`;
  if (!endsSoon(certificate, now)) return until;
  throw new Problem('VAULT_CERTIFICATE_ENDS', `${of} ${left > 0 ? 'ends' : 'ended'} on ${until}.`, next);
}

/**
 * The authorities that sign certificates of an environment's services.
 * @throws Problem VAULT_AUTHORITY_MISSING, VAULT_CERTIFICATE_ENDS
 */
export async function requireAuthorities(vault: Vault, environment: string): Promise<string> {
  const { root, intermediates, defaultId } = await lookAtAuthorities(vault, environment);
  const signing = intermediates.find(({ id }) => id === defaultId);
  if (!root || !signing)
    throw new Problem('VAULT_AUTHORITY_MISSING', `${environment} has no authority that signs certificates.`, {
      fix: 'Bring the primary up.',
      command: 'homepage vault up primary --dry-run',
    });
  const ofRoot = requireLife(`The root authority of ${environment}`, root.certificate, {
    fix: 'Make a new one while both can be believed, as docs/vault.md says.',
  });
  const ofSigning = requireLife(`The intermediate authority of ${environment}`, signing.certificate, {
    fix: 'Let the root sign a new one; what the old one signed stays good.',
    command: 'homepage vault rotate --help',
  });
  return `${environment}: intermediate until ${ofSigning}, root until ${ofRoot}`;
}

/**
 * The token that asks.
 * @throws Problem VAULT_ROOT_TOKEN, VAULT_TOKEN_ENDS
 */
export async function requireTokenLife(vault: Vault): Promise<string> {
  const {
    ttl,
    creation_ttl: whole,
    policies,
    display_name: name,
  } = (await vault.read('auth/token/lookup-self'))!.data as {
    ttl: number;
    creation_ttl: number;
    policies: string[];
    display_name: string;
  };
  if (policies.includes('root'))
    throw new Problem(
      'VAULT_ROOT_TOKEN',
      'VAULT_TOKEN is a root token: it may do everything, and never ends.',
      {
        field: 'VAULT_TOKEN',
        fix: 'Revoke it when you are done; a quorum of keys makes another one whenever it is needed.',
        command: 'vault token revoke -self',
      },
    );
  if (ttl / whole < TOO_LITTLE)
    throw new Problem('VAULT_TOKEN_ENDS', `VAULT_TOKEN ends in ${inDays(ttl)}.`, {
      field: 'VAULT_TOKEN',
      fix: 'Sign in anew.',
    });
  return `${name} (${policies.join(', ')}), ends in ${inDays(ttl)}`;
}

/**
 * The token that the primary opens itself with.
 * @param bootstrap as nobody
 * @throws Problem VAULT_SEAL_TOKEN_WRONG, VAULT_SEAL_TOKEN_ENDS
 */
export async function requireSealToken(bootstrap: Vault, file: string): Promise<string> {
  const command = `homepage vault up bootstrap --keys-file <file> --seal-token-file ${file}`;
  const token = await lookAtSealToken(bootstrap, file);
  if (!token)
    throw new Problem(
      'VAULT_SEAL_TOKEN_WRONG',
      `${file} holds no token that opens the primary: it ended, or is another one.`,
      { field: file, fix: 'Make one, and restart the primary with it.', command },
    );
  if (token.ttl >= SEAL_TOKEN_PERIOD * TOO_LITTLE_OF_TOKEN)
    return `ends in ${inDays(token.ttl)} unless it is renewed`;
  throw new Problem(
    'VAULT_SEAL_TOKEN_ENDS',
    `The token that opens the primary ends in ${inDays(token.ttl)}, and nobody has renewed it.`,
    { field: file, fix: 'Look at the log of the primary, which renews it; or make another one.', command },
  );
}

function inDays(seconds: number): string {
  const [value, unit] = Math.abs(seconds) < 2 * DAY ? [seconds / 3600, 'hours'] : [seconds / DAY, 'days'];
  return `${Math.floor(value)} ${unit}`;
}
