/** Of [checks/injection.ts](../checks/injection.ts). */
import { annotated, inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 32,
    name: 'the default template',
    breaks: annotated('Deployment api', 'agent-inject-template-tls.pem'),
    message: /has no template/,
  },
  {
    check: 32,
    name: 'a key may be missing',
    breaks: annotated('Deployment api', 'error-on-missing-key-tls.pem'),
    message: /lacks is no error/,
  },
  {
    check: 32,
    name: 'a key for everybody',
    breaks: annotated('Deployment api', 'agent-inject-perms-tls.pem', '0644'),
    message: /everybody may read/,
  },
  {
    check: 33,
    name: 'a job with a sidecar',
    breaks: annotated('CronJob backup', 'agent-pre-populate-only'),
    message: /agent-pre-populate-only is ""/,
  },
  {
    check: 33,
    name: 'a sign-in that is used up',
    breaks: annotated('Deployment api', 'auth-config-remove-secret-id-file-after-reading', 'true'),
    message: /after-reading is "true"/,
  },
  {
    check: 34,
    name: 'two certificates',
    breaks: (rendered) => {
      annotated('Deployment api', 'agent-inject-secret-tls.key', 'pki-dev/issue/api')(rendered);
      annotated('Deployment api', 'agent-inject-template-tls.key', '{{ pkiCert }}')(rendered);
    },
    message: /each issue a certificate/,
  },
  {
    check: 33,
    name: 'an agent that believes no Vault',
    breaks: annotated('Deployment api', 'ca-cert', '/vault/tls/ca.cert'),
    message: /ca-cert is "\/vault\/tls\/ca\.cert"/,
  },
  {
    check: 88,
    name: 'a secret of somebody else',
    breaks: annotated('Deployment api', 'agent-inject-secret-tls.pem', 'pki-dev/issue/minio'),
    message: /it asks for pki-dev\/issue\/minio, which no policy of api grants/,
  },
  {
    check: 88,
    name: 'a role that PostgreSQL has not',
    breaks: annotated('Deployment api', 'agent-inject-template-database.json', '{"user": "homepage_apy"}'),
    message: /the user homepage_apy/,
  },
  {
    check: 89,
    name: 'sign-ins that nobody makes anew',
    breaks: inContainer('CronJob backup', (container) => {
      container.args = ['apps/ops/src/main.ts', 'vault', 'rotate', 'secret-ids', 'primary', '--only=backup'];
    }),
    message: /it forgets api/,
  },
];
