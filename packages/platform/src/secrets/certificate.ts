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
      `openssl x509 -in ${files.cert} -noout -pubkey; openssl pkey -in ${files.key} -pubout`,
    );
  if (leaf!.validToDate <= now)
    throw invalid(
      files.cert,
      `ended on ${day(leaf!.validToDate)}`,
      'Let the agent write a new one; when it has not ended, the clock of this machine is wrong.',
      dates(files.cert),
    );
  if (leaf!.validFromDate > now)
    throw invalid(
      files.cert,
      `is not valid before ${leaf!.validFromDate.toISOString()}`,
      'Check the clocks of this machine and of the one that signed it.',
      dates(files.cert),
    );
  if (!comesFrom(leaf!, between, authorities))
    throw invalid(
      files.cert,
      `does not come from the authority in ${files.ca}`,
      'Let the agent write all of them from one template.',
      `openssl verify -CAfile ${files.ca} -untrusted ${files.cert} ${files.cert}`,
    );
}

/** Extended key usages, RFC 5280 section 4.2.1.12 */
const CLIENT = { oid: '1.3.6.1.5.5.7.3.2', name: 'clientAuth', use: 'sign in with' };
const SERVER = { oid: '1.3.6.1.5.5.7.3.1', name: 'serverAuth', use: 'show to visitors' };

/**
 * The site signs in with its certificate, and shows the same one to who asks it.
 * @param file where it came from
 * @throws Problem SECRET_INVALID
 */
export function requireBothPurposes({ cert }: Tls, file: string): void {
  for (const purpose of [CLIENT, SERVER]) requirePurpose(certificatesIn(cert, file)[0]!, purpose, file);
}

function requirePurpose(leaf: X509Certificate, { oid, name, use }: typeof CLIENT, file: string): void {
  // None is named: it is for everything.
  if (leaf.keyUsage === undefined || leaf.keyUsage.includes(oid)) return;
  throw invalid(
    file,
    `is none to ${use} (${name} is not among its purposes)`,
    'Let the role that signs it give it both purposes, clientAuth and serverAuth.',
    `openssl x509 -in ${file} -noout -ext extendedKeyUsage`,
  );
}

type Life = Pick<X509Certificate, 'validFromDate' | 'validToDate'>;

/** Of its whole life; below zero once it has ended. */
const lifeLeft = ({ validFromDate, validToDate }: Life, now: Date): number =>
  (validToDate.getTime() - now.getTime()) / (validToDate.getTime() - validFromDate.getTime());

/** Whoever renews a certificate does it at two thirds of its life or later; with a tenth left, nobody did. */
export const endsSoon = (certificate: Life, now: Date): boolean => lifeLeft(certificate, now) < 1 / 10;

const LITTLE = 1 / 3;

/**
 * @returns of a certificate that was checked: whose, whose word, and until when
 * @throws Problem CERTIFICATE_ENDS_SOON
 */
export function requireLife({ cert }: Tls, file: string, now = new Date()): string {
  const leaf = certificatesIn(cert, file)[0]!;
  const { subject, issuer, validToDate } = leaf;
  const days = `${Math.floor((validToDate.getTime() - now.getTime()) / 86_400_000)} days`;
  if (endsSoon(leaf, now)) {
    throw new Problem('CERTIFICATE_ENDS_SOON', `${file} ends on ${day(validToDate)}, in ${days}.`, {
      field: file,
      fix: 'A new one should be there already: look at the log of the agent that writes it.',
      command: dates(file),
    });
  }
  const note = lifeLeft(leaf, now) < LITTLE ? '; less than a third of its life is left' : '';
  return `${nameIn(subject)}, signed by ${nameIn(issuer)}, until ${day(validToDate)} (${days}${note})`;
}

const nameIn = (names: string): string => /^CN=(.+)$/m.exec(names)?.[1] ?? names.replaceAll('\n', ', ');

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

const dates = (file: string): string => `openssl x509 -in ${file} -noout -dates`;
const day = (date: Date): string => date.toISOString().slice(0, 10);

export function invalid(file: string, what: string, fix: string, command = `ls -lL ${file}`): Problem {
  return new Problem('SECRET_INVALID', `${file} ${what}.`, { field: file, fix, command });
}
