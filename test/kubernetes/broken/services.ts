/** Of [checks/services.ts](../checks/services.ts). */
import { change, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 19,
    name: 'a Service of nobody',
    breaks: change('Service api', ({ spec }) => (spec.selector['app.kubernetes.io/name'] = 'apy')),
    message: /it selects no pod/,
  },
  {
    check: 19,
    name: 'a port that pods do not have',
    breaks: change('Service api', ({ spec }) => (spec.ports[0].targetPort = 'htps')),
    message: /api has no port htps/,
  },
  {
    check: 19,
    name: 'an Ingress to nothing',
    breaks: remove('Service frontend'),
    message: /there is no Service frontend/,
  },
  {
    check: 21,
    name: 'a host without a certificate',
    breaks: change('Ingress homepage', ({ spec }) => (spec.tls[0].hosts = ['other.example'])),
    message: /has no certificate/,
  },
  {
    check: 21,
    name: 'another class',
    breaks: change('Ingress homepage', ({ spec }) => (spec.ingressClassName = 'nginx')),
    message: /no controller takes it/,
  },
  {
    check: 22,
    name: 'dev asks the real one',
    breaks: change(
      'Ingress homepage',
      ({ metadata }) => (metadata.annotations['cert-manager.io/cluster-issuer'] = 'letsencrypt-prod'),
    ),
    message: /dev asks letsencrypt-prod/,
  },
  {
    check: 22,
    name: 'staging that is not',
    breaks: change(
      'ClusterIssuer letsencrypt-staging',
      ({ spec }) => (spec.acme.server = 'https://acme-v02.api.letsencrypt.org/directory'),
    ),
    message: /letsencrypt-staging asks/,
  },
  {
    check: 23,
    name: 'metrics for all',
    breaks: change('Service api', ({ spec }) => (spec.ports[0].targetPort = 'ops')),
    message: /leads to 9464/,
  },
  {
    check: 24,
    name: 'no rate limit',
    breaks: remove('Middleware rate-limit'),
    message: /there is no middleware homepage-dev-rate-limit/,
  },
  {
    check: 24,
    name: 'HSTS of a minute',
    breaks: change('Middleware headers', ({ spec }) => (spec.headers.stsSeconds = 60)),
    message: /HSTS is off/,
  },
  {
    check: 19,
    name: 'another port than clients are told',
    breaks: change('Service postgresql', ({ spec }) => (spec.ports[0].port = 5433)),
    message: /clients are told port 5432/,
  },
  {
    check: 64,
    name: 'another host',
    breaks: change('Ingress homepage', ({ spec }) => {
      spec.rules[0].host = spec.tls[0].hosts[0] = 'vikingthe.example';
    }),
    message: /it serves vikingthe\.example/,
  },
  {
    check: 64,
    name: 'everything by nginx',
    breaks: change('Ingress homepage', ({ spec }) => spec.rules[0].http.paths.shift()),
    message: /no Ingress has Prefix \/api → api/,
  },
  {
    check: 19,
    name: 'one of several by its Service before it is ready',
    breaks: (rendered) => {
      change('StatefulSet vault', ({ spec }) => (spec.replicas = 3))(rendered);
      change('Service vault', ({ spec }) => {
        delete spec.clusterIP;
        spec.publishNotReadyAddresses = true;
      })(rendered);
    },
    message: /who is not ready is asked, too/,
  },
  {
    check: 19,
    name: 'several that come one after the other',
    breaks: change('StatefulSet vault', ({ spec }) => (spec.replicas = 3)),
    message: /the second waits for the first/,
  },
];
