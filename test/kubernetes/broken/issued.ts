/** Of [checks/issued.ts](../checks/issued.ts). */
import type { Resource } from '../resource.ts';
import { add, change, type Broken, type Any } from './make.ts';

/** How Traefik's certificate is asked for, with one thing changed. */
function vaultIssuer(edit: (vault: Any) => void): Resource {
  const vault = {
    server: 'https://vault.vault.svc:8200',
    path: 'pki-dev/sign/traefik',
    caBundleSecretRef: { name: 'vault-ca', key: 'ca.crt' },
    auth: {
      appRole: {
        path: 'approle',
        roleId: 'dev-traefik',
        secretRef: { name: 'approle-traefik', key: 'secret-id' },
      },
    },
  };
  edit(vault);
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name: 'vault', namespace: 'homepage-dev' },
    spec: { vault },
  };
}

const transport = (spec: object): Resource => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'ServersTransport',
  metadata: { name: 'second', namespace: 'homepage-dev' },
  spec: { serverName: 'homepage-api', ...spec },
});

export const broken: Broken[] = [
  {
    check: 81,
    name: 'a key of an AppRole that it has not',
    breaks: add(
      'dev',
      vaultIssuer(({ auth }) => (auth.appRole.secretRef.key = 'secretid')),
    ),
    message: /approle-traefik has no key secretid/,
  },
  {
    check: 81,
    name: 'certificates that nobody makes',
    breaks: add('dev', transport({ rootCAs: [{ secret: 'traefik-tls' }] })),
    message: /nobody makes the Secret traefik-tls/,
  },
  {
    check: 83,
    name: 'a certificate that is renewed after its end',
    breaks: change('Certificate vault', ({ spec }) => (spec.renewBefore = '9000h')),
    message: /renewed after its end/,
  },
  {
    check: 83,
    name: 'a certificate for ten years',
    breaks: change('Certificate vault', ({ spec }) => (spec.duration = '87600h')),
    message: /it is good for 87600h/,
  },
  {
    check: 83,
    name: 'a server whose certificate is for clients',
    breaks: change('Certificate vault', ({ spec }) => (spec.usages = ['client auth'])),
    message: /it is for client auth/,
  },
  {
    check: 83,
    name: 'a path that makes keys, too',
    breaks: add(
      'dev',
      vaultIssuer((vault) => (vault.path = 'pki-dev/issue/traefik')),
    ),
    message: /Vault has no pki-dev\/issue\/traefik/,
  },
  {
    check: 83,
    name: 'a role that nobody is',
    breaks: add(
      'dev',
      vaultIssuer((vault) => (vault.path = 'pki-dev/sign/traefic')),
    ),
    message: /Vault has no pki-dev\/sign\/traefic/,
  },
  {
    check: 83,
    name: 'a sign-in that is not there',
    breaks: add(
      'dev',
      vaultIssuer(({ auth }) => (auth.appRole.path = 'auth/approle')),
    ),
    message: /Vault has no auth\/approle/,
  },
  {
    check: 83,
    name: 'a server that nobody is',
    breaks: add('dev', transport({ serverName: 'homepage-apy' })),
    message: /no server is called homepage-apy/,
  },
  {
    check: 83,
    name: 'a server that is not who is asked for',
    breaks: change('Certificate vault', ({ spec }) => (spec.dnsNames = ['vault'])),
    message: /it is asked for as vault\.vault\.svc/,
  },
  {
    check: 83,
    name: 'a certificate that may not sign',
    breaks: change('Certificate vault', ({ spec }) => (spec.usages = ['server auth'])),
    message: /it may not sign/,
  },
];
