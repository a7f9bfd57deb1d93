/** Of [checks/network.ts](../checks/network.ts). */
import { change, inContainer, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 11,
    name: 'open egress',
    breaks: change('NetworkPolicy default-deny', ({ spec }) => (spec.policyTypes = ['Ingress'])),
    message: /nothing denies egress/,
  },
  {
    check: 12,
    name: 'DNS of anybody',
    breaks: change('NetworkPolicy dns', ({ spec }) => (spec.egress[0].to = [])),
    message: /asks others than kube-dns/,
  },
  {
    check: 12,
    name: 'UDP alone',
    breaks: change('NetworkPolicy dns', ({ spec }) => spec.egress[0].ports.pop()),
    message: /TCP 53 is missing/,
  },
  {
    check: 13,
    name: 'the port of the Service',
    breaks: change('NetworkPolicy vault-vault', ({ spec }) => (spec.ingress[0].ports[0].port = 443)),
    message: /vault listens not on TCP 443/,
  },
  {
    check: 14,
    name: 'a label that nobody has',
    breaks: change(
      'NetworkPolicy homepage-dev-api',
      ({ spec }) => (spec.podSelector.matchLabels['app.kubernetes.io/name'] = 'apy'),
    ),
    message: /it selects no pod/,
  },
  {
    check: 16,
    name: 'the wrong port of the solver',
    breaks: remove('NetworkPolicy solver'),
    message: /does not reach the solver/,
  },
  {
    check: 17,
    name: 'the port of the Service of the API server',
    breaks: change(
      'NetworkPolicy vault-vault-agent-injector',
      ({ spec }) => (spec.egress[0].ports[0].port = 443),
    ),
    message: /does not reach it/,
  },
  {
    check: 17,
    name: 'a reader of the API server that needs nothing of it',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) =>
      spec.egress.push({ to: [{ ipBlock: { cidr: '10.0.0.10/32' } }], ports: [{ port: 6443 }] }),
    ),
    message: /api reaches the API server/,
  },
  {
    check: 18,
    name: 'a database on the internet',
    breaks: change('NetworkPolicy homepage-dev-postgresql', ({ spec }) =>
      spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }),
    ),
    message: /postgresql is in the data tier/,
  },
  {
    check: 18,
    name: 'the internet, and everything inside',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) => {
      for (const { to } of spec.egress) if (to[0].ipBlock) delete to[0].ipBlock.except;
    }),
    message: /networks of pods, Services and nodes/,
  },
  {
    check: 60,
    name: 'the namespace of another environment',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_HOST', value: 'valkey.homepage-prod.svc' }),
    ),
    message: /it names homepage-prod/,
  },
  {
    check: 60,
    name: 'a resource elsewhere',
    breaks: change('Service api', ({ metadata }) => (metadata.namespace = 'vault')),
    message: /it is in vault/,
  },
];
