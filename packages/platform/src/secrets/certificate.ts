/** Whether a certificate, its key and its authority fit together and are good now. Nothing of the key is ever repeated. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Problem } from '../problem.ts';

/** PEM texts: this service's certificate (and those between it and the authority), its key, and the authority */
export type Tls = { cert: string; key: string; ca: string };
export type TlsFiles = { cert: string; key: string; ca: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Longer than any chain of ours. */
const MOST_STEPS = 5;

/**
 * @param files where the texts came from, for the messages
 * @throws Problem SECRET_INVALID naming the file
 */
export function checkTls(tls: Tls, files: TlsFiles, now = new Date()): void {
  const [leaf, ...between] = certificatesIn(tls.cert, files.cert);
  const authorities = certificatesIn(tls.ca, files.ca);
  if (!leaf!.checkPrivateKey(keyIn(tls.key, files.key)))
    throw invalid(
      files.key,
      `does not belong to ${files.cert}`,
      'Write both in one step, from one template.',
    );
  if (leaf!.validToDate <= now)
    throw invalid(files.cert, `ended on ${day(leaf!.validToDate)}`, 'Let the agent write a new one.');
  if (leaf!.validFromDate > now)
    throw invalid(
      files.cert,
      `is not valid before ${leaf!.validFromDate.toISOString()}`,
      'Check the clocks of this machine and of the one that signed it.',
    );
  if (!comesFrom(leaf!, between, authorities))
    throw invalid(
      files.cert,
      `does not come from the authority in ${files.ca}`,
      'Let the agent write all of them from one template.',
    );
}

function comesFrom(
  leaf: X509Certificate,
  between: X509Certificate[],
  authorities: X509Certificate[],
): boolean {
  let at = leaf;
  for (let step = 0; step < MOST_STEPS; step++) {
    const issuer = [...authorities, ...between].find(
      (candidate) => at.checkIssued(candidate) && at.verify(candidate.publicKey),
    );
    if (!issuer) return false;
    if (authorities.includes(issuer)) return true;
    at = issuer;
  }
  return false;
}

function certificatesIn(pem: string, file: string): X509Certificate[] {
  try {
    const certificates = (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
    if (certificates.length > 0) return certificates;
  } catch {
    // told below, without what is in the file
  }
  throw invalid(file, 'holds no certificate in PEM', 'Let the agent write it again.');
}

function keyIn(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid(file, 'holds no private key in PEM', 'Let the agent write it again.');
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

export function invalid(file: string, what: string, fix: string): Problem {
  return new Problem('SECRET_INVALID', `${file} ${what}.`, { field: file, fix });
}
