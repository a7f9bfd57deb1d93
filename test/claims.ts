/**
 * What the architecture says, sentence by sentence, and the proof of each: a test or a drill that fails when the
 * sentence is false. `npm run prove` runs the proofs and prints the table.
 */

/** A test by file and by (part of) its full name; or a drill by its group and name, done in its short form. */
export type Proof = { file: string; test: string } | { group: string; drill: string };

export type Claim = { id: number; topic: string; sentence: string; /** null: not yet */ proof: Proof | null };

export const claims: Claim[] = [
  { id: 1, topic: 'System', sentence: 'HTTPS with Let’s Encrypt at the edge', proof: null },
  { id: 2, topic: 'System', sentence: 'Traefik (K3s built-in) serves vikingthe.dev', proof: null },
  { id: 3, topic: 'System', sentence: 'Traefik serves grafana.vikingthe.dev', proof: null },
  {
    id: 4,
    topic: 'System',
    sentence: 'nginx + Svelte, 2–3 replicas',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has two to three of frontend and API',
    },
  },
  {
    id: 5,
    topic: 'System',
    sentence: 'client-side routing',
    proof: {
      file: 'test/browser/pages.test.ts',
      test: 'client-side routing a link changes the page without loading a document again',
    },
  },
  {
    id: 6,
    topic: 'System',
    sentence: '/api reaches the API',
    proof: { file: 'test/platform/platform.test.ts', test: 'says what it is made of' },
  },
  {
    id: 7,
    topic: 'System',
    sentence: 'API 2–3 replicas',
    proof: {
      file: 'test/platform/platform.test.ts',
      test: 'a replica is replaced while visitors read: no request fails',
    },
  },
  {
    id: 8,
    topic: 'System',
    sentence: 'API→PostgreSQL mTLS in prod',
    proof: {
      file: 'packages/platform/src/database/postgresql.test.ts',
      test: 'PostgreSQL over mutual TLS',
    },
  },
  {
    id: 9,
    topic: 'System',
    sentence: 'PostgreSQL StatefulSet, 1 replica, exporter',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has one PostgreSQL and one Valkey, each with its exporter',
    },
  },
  {
    id: 10,
    topic: 'System',
    sentence: 'ValKey 1 replica, exporter',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has one PostgreSQL and one Valkey, each with its exporter',
    },
  },
  {
    id: 11,
    topic: 'System',
    sentence: 'backup every 6 h',
    proof: {
      file: 'apps/ops/src/commands/backup/backup.test.ts',
      test: 'a site with a target backs itself up, proves it, and shows when that was',
    },
  },
  {
    id: 12,
    topic: 'System',
    sentence: 'MinIO S3 storage',
    proof: { file: 'packages/platform/src/storage/s3.test.ts', test: 'a bucket of MinIO' },
  },
  {
    id: 13,
    topic: 'System',
    sentence: 'bootstrap Vault',
    proof: {
      file: 'apps/ops/src/commands/vault/vault.test.ts',
      test: 'the bootstrap is brought to what it should be, once',
    },
  },
  {
    id: 14,
    topic: 'System',
    sentence: 'primary unseals through the bootstrap’s Transit',
    proof: { group: 'vault', drill: 'power-cut' },
  },
  {
    id: 15,
    topic: 'System',
    sentence: 'primary Vault holds KV secrets',
    proof: { file: 'packages/vault/src/up.test.ts', test: 'secrets that are made are made once' },
  },
  {
    id: 16,
    topic: 'System',
    sentence: 'primary Vault issues certificates (PKI)',
    proof: { file: 'packages/vault/src/certificates.test.ts', test: 'of api are what they should be' },
  },
  {
    id: 17,
    topic: 'System',
    sentence: 'services sign in to Vault with AppRole',
    proof: {
      file: 'packages/vault/src/matrix.test.ts',
      test: 'of a signed-in service: its own, and nobody else’s',
    },
  },
  { id: 18, topic: 'System', sentence: 'OAuth2 Proxy (GitHub) before Grafana', proof: null },
  { id: 19, topic: 'System', sentence: 'Grafana queries Prometheus', proof: null },
  {
    id: 20,
    topic: 'Network',
    sentence: 'public tier’s members',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'each tier has the members that the architecture names',
    },
  },
  {
    id: 21,
    topic: 'Network',
    sentence: 'application tier’s members',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'each tier has the members that the architecture names',
    },
  },
  {
    id: 22,
    topic: 'Network',
    sentence: 'data tier’s members',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'each tier has the members that the architecture names',
    },
  },
  {
    id: 23,
    topic: 'Network',
    sentence: 'isolation holds',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'the public tier does not reach the data tier but for its own secrets',
    },
  },
  { id: 24, topic: 'CI/CD', sentence: 'tests of both halves', proof: null },
  { id: 25, topic: 'CI/CD', sentence: 'image builds', proof: null },
  { id: 26, topic: 'CI/CD', sentence: 'Trivy', proof: null },
  { id: 27, topic: 'CI/CD', sentence: 'GHCR backend/frontend :dev/:prod', proof: null },
  { id: 28, topic: 'CI/CD', sentence: 'Kustomize update', proof: null },
  { id: 29, topic: 'CI/CD', sentence: 'auto-sync', proof: null },
  { id: 30, topic: 'CI/CD', sentence: 'self-heal', proof: null },
  { id: 31, topic: 'CI/CD', sentence: 'prune', proof: null },
  {
    id: 32,
    topic: 'CI/CD',
    sentence: 'dev→dev.vikingthe.dev, prod→vikingthe.dev',
    proof: {
      file: 'test/kubernetes/manifests.test.ts',
      test: '64: each environment serves its own host: /api by the API, the rest by nginx',
    },
  },
  { id: 33, topic: 'CI/CD', sentence: 'prod stricter', proof: null },
  { id: 34, topic: 'CI/CD', sentence: 'manual deployment for testing', proof: null },
  {
    id: 35,
    topic: 'Flows',
    sentence: 'API uses cache, database, secrets',
    proof: { file: 'test/platform/platform.test.ts', test: 'says what it is made of' },
  },
  {
    id: 36,
    topic: 'Flows',
    sentence: 'pod → init agent → AppRole → KV/PKI → /vault/secrets → app',
    proof: { file: 'packages/cluster/src/injection.test.ts', test: 'for api (single) is all that it reads' },
  },
  {
    id: 37,
    topic: 'Flows',
    sentence: 'credentials and certificates from there are what it connects with',
    proof: { group: 'vault', drill: 'rotation-under-load' },
  },
  {
    id: 38,
    topic: 'Flows',
    sentence: 'pg_dump → gzip → MinIO',
    proof: {
      file: 'scripts/image/image.test.ts',
      test: 'the jobs of the cluster make a backup of PostgreSQL, fetch it again and restore it',
    },
  },
  {
    id: 39,
    topic: 'Flows',
    sentence: 'older than 7 days removed',
    proof: { file: 'packages/backup/src/retention.test.ts', test: 'in good times seven days stay' },
  },
  {
    id: 40,
    topic: 'Monitoring',
    sentence: 'API /metrics',
    proof: {
      file: 'packages/platform/src/ops/ops-server.test.ts',
      test: 'answers liveness, readiness and metrics',
    },
  },
  {
    id: 41,
    topic: 'Monitoring',
    sentence: 'PostgreSQL exporter',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has one PostgreSQL and one Valkey, each with its exporter',
    },
  },
  {
    id: 42,
    topic: 'Monitoring',
    sentence: 'ValKey exporter',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has one PostgreSQL and one Valkey, each with its exporter',
    },
  },
  { id: 43, topic: 'Monitoring', sentence: 'Kubernetes', proof: null },
  { id: 44, topic: 'Monitoring', sentence: 'only authorised GitHub users', proof: null },
  {
    id: 45,
    topic: 'HA',
    sentence: 'frontends balanced',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has two to three of frontend and API',
    },
  },
  {
    id: 46,
    topic: 'HA',
    sentence: 'API balanced by ClusterIP',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'of prod has two to three of frontend and API',
    },
  },
  { id: 47, topic: 'HA', sentence: 'OAuth2 Proxy ×2', proof: null },
  {
    id: 48,
    topic: 'HA',
    sentence: 'PostgreSQL backed up',
    proof: { group: 'backup', drill: 'lost-site' },
  },
  {
    id: 49,
    topic: 'HA',
    sentence: 'Vault 1 replica, auto-unseal',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'has one of each Vault, of which the primary opens itself',
    },
  },
  {
    id: 50,
    topic: 'HA',
    sentence: 'sessions may go on a ValKey restart, nothing else',
    proof: { group: 'faults', drill: 'kill-valkey' },
  },
  {
    id: 51,
    topic: 'HA',
    sentence: 'MinIO local storage',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'keeps data of MinIO on a disk of the node that outlives its claim',
    },
  },
  { id: 52, topic: 'HA', sentence: 'PostgreSQL replicas/Patroni', proof: null },
  { id: 53, topic: 'HA', sentence: 'Sentinel', proof: null },
  { id: 54, topic: 'HA', sentence: 'distributed MinIO', proof: null },
  { id: 55, topic: 'HA', sentence: 'Vault Raft 3–5', proof: null },
  {
    id: 56,
    topic: 'Security',
    sentence: 'NetworkPolicies',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'the namespace site denies first, both ways',
    },
  },
  {
    id: 57,
    topic: 'Security',
    sentence: 'mTLS between services',
    proof: {
      file: 'test/platform/platform.test.ts',
      test: 'nobody reaches a replica without a certificate of ours',
    },
  },
  { id: 58, topic: 'Security', sentence: 'no secret in code or configuration', proof: null },
  {
    id: 59,
    topic: 'Security',
    sentence: 'read-only file systems',
    proof: { file: 'scripts/image/image.test.ts', test: 'it is nobody, and can write nowhere but in /tmp' },
  },
  {
    id: 60,
    topic: 'Security',
    sentence: 'non-root',
    proof: { file: 'scripts/image/image.test.ts', test: 'it is nobody, and can write nowhere but in /tmp' },
  },
  {
    id: 61,
    topic: 'Security',
    sentence: 'Chainguard images',
    proof: {
      file: 'test/deploy/dockerfiles.test.ts',
      test: 'what is shipped stands on images of Chainguard',
    },
  },
  {
    id: 62,
    topic: 'Security',
    sentence: 'no shell',
    proof: { file: 'scripts/image/image.test.ts', test: 'has the program, and no shell' },
  },
  { id: 63, topic: 'Security', sentence: 'regular scanning', proof: null },
  {
    id: 64,
    topic: 'Resources',
    sentence: 'fits 12 cores / 64 GB with a reserve',
    proof: {
      file: 'test/kubernetes/manifests.test.ts',
      test: '8: all of it fits the server, and the page says how',
    },
  },
  {
    id: 65,
    topic: 'Certificates',
    sentence: 'issuers prod and staging',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'has issuers of Let’s Encrypt for prod and staging, by HTTP-01',
    },
  },
  {
    id: 66,
    topic: 'Certificates',
    sentence: 'HTTP-01',
    proof: {
      file: 'packages/cluster/src/cluster.test.ts',
      test: 'has issuers of Let’s Encrypt for prod and staging, by HTTP-01',
    },
  },
  { id: 67, topic: 'Certificates', sentence: 'homepage-tls and grafana-tls used by Traefik', proof: null },
  {
    id: 68,
    topic: 'Certificates',
    sentence: 'root 10 y → intermediate → backend, PostgreSQL',
    proof: { file: 'packages/vault/src/certificates.test.ts', test: 'of postgresql are what they should be' },
  },
  {
    id: 69,
    topic: 'Certificates',
    sentence: 'tls.crt and tls.key from one agent template',
    proof: { file: 'packages/vault/src/agent.test.ts', test: 'for api is complete and for it alone' },
  },
  {
    id: 70,
    topic: 'Certificates',
    sentence: 'watcher reloads with no downtime',
    proof: {
      file: 'test/platform/rotation.test.ts',
      test: 'a new certificate is what every replica shows and signs in with a moment later; no request fails',
    },
  },
  {
    id: 71,
    topic: 'Dev/prod',
    sentence: 'compose with hot reload of API and web',
    proof: { file: 'test/browser/dev.test.ts', test: 'a page changes in place' },
  },
  {
    id: 72,
    topic: 'Dev/prod',
    sentence: 'Vault dev mode',
    proof: { file: 'test/vault-dev.test.ts', test: 'is open, has the secrets of .env' },
  },
  {
    id: 73,
    topic: 'Dev/prod',
    sentence: 'HTTP on localhost',
    proof: { file: 'test/start.test.ts', test: 'on HTTP on this machine' },
  },
  {
    id: 74,
    topic: 'Dev/prod',
    sentence: '.env',
    proof: { file: 'test/start.test.ts', test: 'settings come from .env' },
  },
  { id: 75, topic: 'Dev/prod', sentence: 'monitoring optional', proof: null },
  {
    id: 76,
    topic: 'Dev/prod',
    sentence: 'one replica of each service',
    proof: { file: 'test/deploy/compose.test.ts', test: 'each service runs once' },
  },
  {
    id: 77,
    topic: 'Dev/prod',
    sentence: 'prod: K3s, optimised builds, Raft, TLS + mTLS, Vault secrets, monitoring, 2–3 replicas',
    proof: null,
  },
];
