/**
 * Headers of every answer, errors included. Pages bring their own Content-Security-Policy
 * with the hashes of their scripts; everything else may load nothing at all.
 */
import type { OutgoingHttpHeaders } from 'node:http';

export function securityHeaders({ https }: { https: boolean }): OutgoingHttpHeaders {
  return {
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(https && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  };
}
