/** What the checks know from elsewhere than the manifests: names that bind, and exceptions with the reason of each. */
import { elsewhereIn, type Shape } from '@homepage/cluster';
import config from '../../homepage.config.ts';
import { isForSeveral, type Labels, type OverlayName } from './resource.ts';

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

/** Of overlays that run together. */
export const shapeOfCluster = (overlays: OverlayName[]): Shape =>
  overlays.some(isForSeveral) ? 'ha' : 'single';

export type ForeignPod = { namespace: string; labels: Labels; ports: Record<string, number> };

/** Pods that nobody renders: something makes them when they are needed, an operator does, or K3s brings them. */
export function foreignPods(overlays: OverlayName[]): ForeignPod[] {
  const sites = overlays.flatMap((name) => {
    const environment = environments[name];
    return environment ? [{ namespace: environment.namespace, shape: shapeOfCluster([name]) }] : [];
  });
  return elsewhereIn(shapeOfCluster(overlays)).flatMap((peer) => {
    if (peer.at === 'addresses') return [];
    const pod = { labels: { ...peer.labels, ...peer.more }, ports: peer.ports };
    if (peer.namespace !== 'site') return { namespace: peer.namespace, ...pod };
    return sites
      .filter(({ shape }) => elsewhereIn(shape).includes(peer))
      .map(({ namespace }) => ({ namespace, ...pod }));
  });
}

/** Containers whose image has no shell, but this program, which a probe may run. */
export const probePrograms = ['/usr/bin/pg_isready', 'pg_isready', 'valkey-cli'];

/** Ports with health or metrics: no visitor reaches them. */
export const operatorPorts = [9464, 8081, 9187, 9121, 9113, 9090, 9093];

/** What only some may have. "namespace/workload" of a workload; the value says why. */
export const exceptions = {
  /** needs the token of its service account */
  token: {
    'vault/vault-agent-injector': 'it renews the certificate of its own webhook',
    ...Object.fromEntries(
      [
        'vault/vault-snapshot',
        'vault/vault-bootstrap-snapshot',
        'homepage-dev/secret-ids',
        'homepage-prod/secret-ids',
      ].map((name) => [name, 'it writes secret-ids into Secrets']),
    ),
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
    'vault-snapshot': 'snapshots are off site',
    'vault-bootstrap-snapshot': 'snapshots are off site',
    'vault-snapshots-prune': 'snapshots are off site',
  } as Record<string, string>,
};
