/** What the checks know from elsewhere than the manifests: names that bind, and exceptions with the reason of each. */
import { elsewhere } from '@homepage/cluster';
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
  ['cluster-ha', 'dev', 'prod-ha'],
];

/** Namespaces that somebody else fills: K3s, or the makers of what is installed there. */
export const foreignNamespaces = ['kube-system', 'cert-manager', 'argocd', 'cnpg-system'];

/** Pods that nobody renders: something makes them when they are needed, or K3s brings them. */
export const foreignPods: { namespace?: string; labels: Record<string, string> }[] = elsewhere.flatMap(
  (peer) =>
    peer.at === 'pods'
      ? // Those of the site are in each environment.
        { ...(peer.namespace !== 'site' && { namespace: peer.namespace }), labels: peer.labels }
      : [],
);

/** Containers whose image has no shell, but this program, which a probe may run. */
export const probePrograms = ['/usr/bin/pg_isready', 'pg_isready', 'valkey-cli'];

/** Paths that are in an image, and what has them. */
export const imagePaths: Record<string, string> = {
  '/etc/nginx/tls.conf': 'deploy/images/frontend/tls.conf',
};

/** Ports with health or metrics: no visitor reaches them. */
export const operatorPorts = [9464, 8081, 9187, 9121, 9113, 9090, 9093];

/** Checks that do not know yet what operators make, and are not asked there; npm run k8s:check says so each time. */
export const notAsked: { overlay: OverlayName; checks: number[]; why: string }[] = [
  {
    overlay: 'prod-ha',
    checks: [14, 15, 19, 29, 56, 62],
    why: 'CloudNativePG makes the pods of PostgreSQL, and edges between nodes of one server are not in the matrix',
  },
  {
    overlay: 'prod-ha',
    checks: [77],
    why: 'the replicas and Sentinels of Valkey have no secrets from Vault yet: nobody writes replication.conf and sentinel-users',
  },
  { overlay: 'cluster-ha', checks: [15], why: 'edges between nodes of Vault are not in the matrix' },
];

/** What only some may have. "namespace/workload" of a workload; the value says why. */
export const exceptions = {
  /** needs the token of its service account */
  token: {
    'vault/vault-agent-injector': 'it renews the certificate of its own webhook',
  } as Record<string, string>,
  /** has a secret in a variable */
  variable: {
    'vault/vault VAULT_TOKEN': 'Vault reads the token of its seal from there, or from its configuration file',
  } as Record<string, string>,
  /** reaches the internet from the data tier */
  internet: {
    backup: 'the second, off-site target',
    'backup-verify': 'it verifies what is off site, too',
    'backup-prune': 'it prunes what is off site, too',
  } as Record<string, string>,
};
