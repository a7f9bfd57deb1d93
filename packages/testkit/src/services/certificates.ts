/** A certificate authority for tests and `npm run platform`, in the shape of production's: a root signs leaves of one purpose. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** As a secret folder holds it: three PEM texts that belong together. */
export type Bundle = { 'tls.crt': string; 'tls.key': string; 'ca.crt': string };

export type LeafOptions = {
  /** common name: who it is */
  name: string;
  purpose: 'server' | 'client' | 'both';
  /** where a server is reached besides its name; this machine by default */
  addresses?: string[];
  /** days from now that it ends; negative: it has ended. 30 by default */
  days?: number;
  /** days from now that it begins; 60 days ago by default */
  fromDays?: number;
};

export type Authority = {
  certificate: string;
  issue(leaf: LeafOptions): Promise<Bundle>;
  /** an authority that this one vouches for */
  below(name: string): Promise<Authority>;
};

type Signer = {
  certificate: X509Certificate;
  keys: CryptoKeyPair;
  root: X509Certificate;
  /** what peers need to see between a leaf and the root */
  between: X509Certificate[];
};

export async function makeAuthority(name = 'Test CA'): Promise<Authority> {
  const crypto = webcrypto as unknown as Crypto;
  cryptoProvider.set(crypto);
  const keys = await makeKeys(crypto);
  const root = await X509CertificateGenerator.createSelfSigned({
    ...(await authorityFields(1, crypto, keys)),
    name: `CN=${name}`,
    keys,
  });
  return authorityOf(crypto, { certificate: root, keys, root, between: [] });
}

/**
 * Which key signed is said in each certificate, as Vault does: two generations of an authority may have one name.
 * @param depth of authorities that it may vouch for
 */
const authorityFields = async (depth: number, crypto: Crypto, keys: CryptoKeyPair) => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + 3650 * DAY_MS),
  signingAlgorithm: ALGORITHM,
  extensions: [
    new BasicConstraintsExtension(true, depth, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
  ],
});

function authorityOf(crypto: Crypto, signer: Signer): Authority {
  const { certificate: own, keys, root, between } = signer;
  return {
    certificate: pem(own),
    async below(name) {
      const lower = await makeKeys(crypto);
      const certificate = await X509CertificateGenerator.create({
        ...(await authorityFields(0, crypto, lower)),
        subject: `CN=${name}`,
        issuer: own.subject,
        publicKey: lower.publicKey,
        signingKey: keys.privateKey,
      });
      return authorityOf(crypto, { certificate, keys: lower, root, between: [certificate, ...between] });
    },
    async issue(leaf) {
      const leafKeys = await makeKeys(crypto);
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${leaf.name}`,
        issuer: own.subject,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date(Date.now() + (leaf.fromDays ?? -60) * DAY_MS),
        notAfter: new Date(Date.now() + (leaf.days ?? 30) * DAY_MS),
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          await AuthorityKeyIdentifierExtension.create(keys.publicKey, false, crypto),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([
            ...(leaf.purpose === 'client' ? [] : [ExtendedKeyUsage.serverAuth]),
            ...(leaf.purpose === 'server' ? [] : [ExtendedKeyUsage.clientAuth]),
          ]),
          new SubjectAlternativeNameExtension([
            { type: 'dns', value: leaf.name },
            ...(leaf.purpose === 'client' ? [] : (leaf.addresses ?? ['localhost', '127.0.0.1'])).map(
              (value) => ({
                type: isIP(value) ? ('ip' as const) : ('dns' as const),
                value,
              }),
            ),
          ]),
        ],
      });
      const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey)).toString('base64');
      return {
        'tls.crt': [certificate, ...between].map(pem).join(''),
        'tls.key': `-----BEGIN PRIVATE KEY-----\n${key.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
        'ca.crt': pem(root),
      };
    },
  };
}

const makeKeys = (crypto: Crypto): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
