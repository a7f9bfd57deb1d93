/**
 * What a fork changes, besides homepage.config.ts: addresses of its cluster. The names of each overlay are made of both, and of
 * deploy/images.lock, by `npm run k8s:generate`.
 */
import { namespaceOf, type environmentNames } from '@homepage/vault';
import type { Shape } from './workloads.ts';

export type EnvironmentName = (typeof environmentNames)[number];

export type ClusterEnvironment = {
  name: EnvironmentName;
  namespace: string;
  host: string;
  /** the ClusterIssuer of its certificate */
  issuer: string;
};

export const clusterEnvironments = (domain: string): ClusterEnvironment[] => [
  { name: 'dev', namespace: namespaceOf('dev'), host: `dev.${domain}`, issuer: 'letsencrypt-staging' },
  { name: 'prod', namespace: namespaceOf('prod'), host: domain, issuer: 'letsencrypt-prod' },
];

/** Dev has one of each, whatever the cluster has. */
export const shapeOf = (environment: EnvironmentName, cluster: Shape): Shape =>
  environment === 'dev' ? 'single' : cluster;

export const addresses = {
  /**
   * Where the API server listens: addresses of the node. The one here is for documentation (RFC 5737): write your own. The
   * second is the node as its pods see it, by K3s' default: the first of POD_NETWORK of packages/vault.
   */
  nodes: ['192.0.2.10/32', '10.42.0.1/32'],
  /** pods and Services of K3s, and what else is not the internet (RFC 1918, 6598, 3927) */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
};
