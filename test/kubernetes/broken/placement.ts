/** Of [checks/placement.ts](../checks/placement.ts). */
import { add, change, inContainer, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 67,
    name: 'no namespace',
    breaks: change('Middleware headers', ({ metadata }) => delete metadata.namespace),
    message: /there is no namespace/,
  },
  {
    check: 67,
    name: 'no label',
    breaks: change('Service api', ({ metadata }) => delete metadata.labels),
    message: /no label that says whose/,
  },
  {
    check: 68,
    name: 'a certificate of nobody',
    breaks: add('dev', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'traefik', namespace: 'homepage-dev' },
      spec: { secretName: 'traefik-tls', issuerRef: { name: 'valut' }, dnsNames: ['traefik'] },
    }),
    message: /there is no Issuer valut/,
  },
  {
    check: 71,
    name: 'an issuer of nothing',
    breaks: add('dev', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: 'vault', namespace: 'homepage-dev' },
      spec: {},
    }),
    message: /it is 0 things/,
  },
  {
    check: 69,
    name: 'TLS of 2006',
    breaks: add('cluster', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSOption',
      metadata: { name: 'default', namespace: 'kube-system' },
      spec: { minVersion: 'VersionTLS11' },
    }),
    message: /takes old TLS/,
  },
  {
    check: 70,
    name: 'a unit that is none',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.limits.cup = '1')),
    message: /there is no resource "cup"/,
  },
  {
    check: 70,
    name: 'TLS asked without',
    breaks: inContainer(
      'Deployment vault-agent-injector',
      ({ readinessProbe }) => delete readinessProbe.httpGet.scheme,
    ),
    message: /asked without/,
  },
  {
    check: 69,
    name: 'the API asked without TLS',
    breaks: change('Service api', ({ metadata }) => delete metadata.annotations),
    message: /Traefik asks it without TLS/,
  },
  {
    check: 69,
    name: 'the API asked as anybody',
    breaks: remove('ServersTransport api'),
    message: /no ServersTransport that there is/,
  },
  {
    check: 69,
    name: 'a cipher that nobody knows',
    breaks: add('cluster', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSOption',
      metadata: { name: 'default', namespace: 'kube-system' },
      spec: { minVersion: 'VersionTLS12', cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] },
    }),
    message: /none of the strong ones/,
  },
];
