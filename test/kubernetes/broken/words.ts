/** Of [checks/words.ts](../checks/words.ts). */
import type { Resource } from '../resource.ts';
import { add, change, type Broken } from './make.ts';

const job = (annotations: Record<string, string>): Resource => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'homepage-dev', annotations },
  spec: { template: { spec: { containers: [] } } },
});

const route = (spec: object, first: object = {}): Resource => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'to-https', namespace: 'kube-system' },
  spec: {
    routes: [
      {
        match: 'PathPrefix(`/`)',
        middlewares: [{ name: 'to-https' }],
        services: [{ name: 'noop@internal' }],
        ...first,
      },
    ],
    ...spec,
  },
});

export const broken: Broken[] = [
  {
    check: 85,
    name: 'a job before what it needs',
    breaks: add('dev', job({ 'argocd.argoproj.io/hook': 'PreSync' })),
    message: /hook is PreSync/,
  },
  {
    check: 85,
    name: 'a job that cannot be made anew',
    breaks: add('dev', job({ 'argocd.argoproj.io/hook': 'Sync' })),
    message: /the job of before is in its way/,
  },
  {
    check: 85,
    name: 'a port of Traefik that it has not',
    breaks: change(
      'Ingress homepage',
      ({ metadata }) =>
        (metadata.annotations['traefik.ingress.kubernetes.io/router.entrypoints'] = 'websecur'),
    ),
    message: /nobody knows traefik\.ingress\.kubernetes\.io\/router\.entrypoints: websecur/,
  },
  {
    check: 86,
    name: 'a redirect before Let’s Encrypt',
    breaks: add('cluster', route({ entryPoints: ['web'] }, { priority: 100_000 })),
    message: /before the questions of Let’s Encrypt/,
  },
  {
    check: 86,
    name: 'a redirect of a port that is none',
    breaks: add('cluster', route({ entryPoints: ['wbe'] })),
    message: /no entry point wbe/,
  },
  {
    check: 86,
    name: 'a redirect to nowhere',
    breaks: add('cluster', route({ entryPoints: ['web'] })),
    message: /not sent to HTTPS for good \(there is no Middleware to-https\)/,
  },
];
