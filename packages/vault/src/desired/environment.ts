/** What differs between the environments that one primary Vault serves; names of services and secrets are the same in all. */
export type Environment = {
  /** e.g. "prod": the first part of its secrets' paths, and the end of its authorities' names */
  name: string;
  /** who may sign in: networks of its pods, e.g. "10.42.0.0/16" */
  networks: string[];
  /** where a server is reached by its clients, and so what its certificate names */
  hosts: (service: string) => Host;
};

export type Host = { host: string; port: number };

export const environmentNames = ['dev', 'prod'] as const;

const PORTS: Record<string, number> = { api: 3000, postgresql: 5432, valkey: 6379, minio: 9000 };
/** of pods, as K3s gives it */
const POD_NETWORK = '10.42.0.0/16';

/** As the overlays of Kubernetes have it. */
export const onKubernetes = (name: string, networks = [POD_NETWORK]): Environment => ({
  name,
  networks,
  hosts: (service) => ({ host: `${service}.${namespaceOf(name)}.svc`, port: PORTS[service]! }),
});

/** Of Kubernetes. */
export const namespaceOf = (environment: string): string => `homepage-${environment}`;
/** The Secret in it with the role-id and the secret-id of a service, which a job renews. */
export const secretNameOf = (service: string): string => `approle-${service}`;

export const rootMount = (environment: string): string => `pki-root-${environment}`;
export const issuingMount = (environment: string): string => `pki-${environment}`;
export const KV = 'kv';
export const APPROLE = 'approle';
export const roleOf = (environment: string, service: string): string => `${environment}-${service}`;
export const rolePath = (environment: string, service: string): string =>
  `auth/${APPROLE}/role/${roleOf(environment, service)}`;
