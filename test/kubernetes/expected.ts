/** What the checks know from elsewhere than the manifests: names that bind, and exceptions with the reason of each. */
import config from '../../homepage.config.ts';
import type { OverlayName } from './resource.ts';

/** Of overlays that are an environment. prod-ha is prod on several machines: one of the two is deployed. */
export type Environment = { namespace: string; host: string; issuer: string };

export const environments: Partial<Record<OverlayName, Environment>> = {
  dev: { namespace: 'homepage-dev', host: `dev.${config.domain}`, issuer: 'letsencrypt-staging' },
  prod: { namespace: 'homepage-prod', host: config.domain, issuer: 'letsencrypt-prod' },
  'prod-ha': { namespace: 'homepage-prod', host: config.domain, issuer: 'letsencrypt-prod' },
};

/** What runs on one cluster together. */
export const clusters: OverlayName[][] = [
  ['cluster', 'dev', 'prod'],
  ['cluster', 'dev', 'prod-ha'],
];

/** Namespaces that somebody else fills: K3s, or the makers of what is installed there. */
export const foreignNamespaces = ['kube-system', 'cert-manager', 'argocd', 'cnpg-system'];

/** Labels of pods that nobody renders: something makes them when they are needed, or K3s brings them. */
export const foreignPods: { namespace?: string; labels: Record<string, string>; what: string }[] = [
  {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    what: 'CoreDNS of K3s',
  },
  {
    namespace: 'kube-system',
    labels: { 'app.kubernetes.io/name': 'traefik', 'app.kubernetes.io/instance': 'traefik-kube-system' },
    what: 'Traefik of K3s',
  },
  {
    labels: { 'acme.cert-manager.io/http01-solver': 'true' },
    what: 'the pod with which cert-manager answers a challenge',
  },
  {
    namespace: 'cert-manager',
    labels: { 'app.kubernetes.io/name': 'cert-manager', 'app.kubernetes.io/component': 'controller' },
    what: 'cert-manager',
  },
];

/** Containers whose image has no shell, but this program, which a probe may run. */
export const probePrograms = ['/usr/bin/pg_isready', 'pg_isready', 'valkey-cli'];

/** Ports with health or metrics: no visitor reaches them. */
export const operatorPorts = [9464, 8081, 9187, 9121, 9113, 9090, 9093];

/** What only some may have. "namespace/workload" of a workload; the value says why. */
export const exceptions = {
  /** needs the token of its service account */
  token: {
    'vault/vault-agent-injector': 'it renews the certificate of its own webhook',
  } as Record<string, string>,
  /** reaches the internet from the data tier */
  internet: {
    backup: 'the second, off-site target',
  } as Record<string, string>,
};
