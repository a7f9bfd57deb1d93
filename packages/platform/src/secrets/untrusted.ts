/** What a failed TLS handshake means for a person: what our side or the other one said, in words. */

const OF_THE_SERVER: Record<string, string> = {
  CERT_HAS_EXPIRED: 'it has ended',
  CERT_NOT_YET_VALID: 'it is not valid yet, or the clock of this machine is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it does not name the host that was asked',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it comes from another authority than ours',
  SELF_SIGNED_CERT_IN_CHAIN: 'it comes from another authority than ours',
  UNABLE_TO_GET_ISSUER_CERT: 'it comes from another authority than ours',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it comes from another authority than ours',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it comes from another authority than ours',
};

const OF_OURS: [alert: RegExp, words: string][] = [
  [/UNKNOWN_CA/, 'it comes from an authority that the server does not know'],
  [/CERTIFICATE_EXPIRED/, 'it has ended by the clock of the server'],
  [/UNSUPPORTED_CERTIFICATE/, 'it was not made for signing in (clientAuth)'],
  [/CERTIFICATE_REQUIRED/, 'there is none, and the server asks for one'],
];

type TlsFailure = {
  /** untrusted: we refuse the server's certificate; refused: it refuses ours; plain: what answers speaks no TLS */
  kind: 'untrusted' | 'refused' | 'plain';
  /** ends a sentence */
  why: string;
};

/** @returns undefined when it is not about TLS */
export function explainTlsError(error: unknown): TlsFailure | undefined {
  const { code = '', message = '' } = Object(error) as { code?: string; message?: string };
  if (code in OF_THE_SERVER) return { kind: 'untrusted', why: `${OF_THE_SERVER[code]} (${code})` };
  // Through HTTPS the same failure is an EPROTO with OpenSSL's words.
  const words = code === 'EPROTO' ? message.toUpperCase().replaceAll(' ', '_') : code;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(words))
    return { kind: 'plain', why: 'what answers there speaks no TLS' };
  if (!/ALERT/.test(words)) return undefined;
  const known = OF_OURS.find(([alert]) => alert.test(words));
  return { kind: 'refused', why: `${known ? known[1] : 'the handshake failed'} (${code})` };
}
