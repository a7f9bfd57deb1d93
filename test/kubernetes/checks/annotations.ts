/** Labels and annotations: who reads them, and how they spell them. */
import { finding, type Check } from '../finding.ts';
import { type Workload } from '../resource.ts';
import { nearest } from '../schemas/validate.ts';
import { eachResource, eachWorkload, inWorkload } from './each.ts';

export const PREFIX = 'vault.hashicorp.com/';

/** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations (vault-k8s 1.7) */
const KNOWN = new Set(
  [
    'agent-inject agent-inject-status agent-configmap agent-image agent-init-first agent-inject-command agent-inject-secret',
    'agent-inject-containers agent-inject-default-template agent-inject-token agent-extra-secret agent-limits-cpu',
    'agent-limits-mem agent-limits-ephemeral agent-requests-cpu agent-requests-mem agent-requests-ephemeral',
    'agent-pre-populate agent-pre-populate-only agent-revoke-on-shutdown agent-revoke-grace agent-run-as-user',
    'agent-run-as-group agent-run-as-same-user agent-set-security-context agent-share-process-namespace',
    'agent-service-account-token-volume-name agent-cache-enable agent-cache-use-auto-auth-token',
    'agent-cache-listener-port agent-cache-exit-on-err agent-copy-volume-mounts agent-enable-quit',
    'agent-disable-idle-connections agent-disable-keep-alives agent-json-patch agent-init-json-patch',
    'agent-auto-auth-exit-on-err agent-telemetry auth-min-backoff auth-max-backoff auth-type auth-path ca-cert ca-key client-cert',
    'client-key client-max-retries client-timeout error-on-missing-key go-max-procs log-level log-format namespace proxy-address',
    'role service secret-volume-path preserve-secret-case template-config-exit-on-retry-failure',
    'template-lease-renewal-threshold template-static-secret-render-interval template-max-connections-per-host tls-secret tls-server-name',
    'tls-skip-verify',
  ].flatMap((line) => line.split(' ')),
);
/** These end in a name that the manifest chooses, or in a parameter of the sign-in. */
export const NAMED = [
  'agent-inject-secret-',
  'agent-inject-file-',
  'agent-inject-template-file-',
  'agent-inject-template-',
  'agent-inject-command-',
  'agent-inject-perms-',
  'error-on-missing-key-',
  'secret-volume-path-',
  'auth-config-',
];
const SIGN_IN = ['role-id-file-path', 'secret-id-file-path', 'remove-secret-id-file-after-reading'];

export const annotationsPath = ({ path }: Workload): string => `${path}.metadata.annotations`;

export const annotationsKnown: Check = {
  number: 59,
  name: 'labels and annotations are spelt as those who read them spell them',
  why: 'A misspelt one is no error anywhere: it is simply not read.',
  run: (rendered) => [
    ...eachResource(rendered, (resource, overlay) =>
      unknown(resource.metadata.annotations ?? {}).map(([key, fix]) =>
        finding(overlay, resource, 'metadata.annotations', `nobody reads the annotation ${key}`, fix),
      ),
    ),
    ...eachResource(rendered, (resource, overlay) =>
      [...nodesWithLabels(resource)].flatMap(({ path, labels }) =>
        Object.keys(labels)
          .filter((key) => !LABELS.includes(key))
          .map((key) => {
            const near = nearest(key, LABELS);
            const fix = near ? `Did you mean ${near}?` : 'Remove it; or list it in checks/annotations.ts.';
            return finding(overlay, resource, path, `nobody knows the label ${key}`, fix);
          }),
      ),
    ),
    ...eachWorkload(rendered, (workload) =>
      unknown(workload.annotations).map(([key, fix]) =>
        inWorkload(workload, annotationsPath(workload), `nobody reads the annotation ${key}`, fix),
      ),
    ),
  ],
};

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/, and our own. */
const LABELS = [
  'acme.cert-manager.io/http01-solver',
  ...['component', 'instance', 'managed-by', 'name', 'part-of', 'version'].map(
    (name) => `app.kubernetes.io/${name}`,
  ),
  'cnpg.io/reload',
  'homepage.dev/tier',
  'homepage.dev/valkey',
  'homepage.dev/vault-injection',
  'k8s-app',
  'kubernetes.io/metadata.name',
  ...['enforce', 'audit', 'warn'].flatMap((mode) => [
    `pod-security.kubernetes.io/${mode}`,
    `pod-security.kubernetes.io/${mode}-version`,
  ]),
];

/** Labels that something has, and labels that something is selected by. */
function* nodesWithLabels(value: unknown, path = ''): Generator<{ path: string; labels: object }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key;
    if (/^(labels|matchLabels)$/.test(key) && typeof inner === 'object' && inner !== null)
      yield { path: here, labels: inner as object };
    else yield* nodesWithLabels(inner, here);
  }
}

/** Beside those of the injector. */
const READ = [
  'acme.cert-manager.io/http01-edit-in-place',
  'argocd.argoproj.io/compare-options',
  'argocd.argoproj.io/hook',
  'argocd.argoproj.io/hook-delete-policy',
  'argocd.argoproj.io/sync-options',
  'argocd.argoproj.io/sync-wave',
  'cert-manager.io/cluster-issuer',
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/private-key-algorithm',
  'cert-manager.io/private-key-rotation-policy',
  'homepage.dev/pod-security-reason',
  'homepage.dev/reason',
  'kubernetes.io/description',
  'prometheus.io/path',
  'prometheus.io/port',
  'prometheus.io/scheme',
  'prometheus.io/scrape',
  'storageclass.kubernetes.io/is-default-class',
  'traefik.ingress.kubernetes.io/router.entrypoints',
  'traefik.ingress.kubernetes.io/router.middlewares',
  'traefik.ingress.kubernetes.io/router.priority',
  'traefik.ingress.kubernetes.io/router.tls',
  'traefik.ingress.kubernetes.io/router.tls.options',
  'traefik.ingress.kubernetes.io/service.passhostheader',
  'traefik.ingress.kubernetes.io/service.serversscheme',
  'traefik.ingress.kubernetes.io/service.serverstransport',
  'traefik.ingress.kubernetes.io/service.sticky.cookie',
  'volume.kubernetes.io/selected-node',
];

function unknown(annotations: Record<string, string>): [key: string, fix: string][] {
  const all = [...READ, ...[...KNOWN].map((name) => PREFIX + name)];
  const isRead = (key: string): boolean => {
    if (all.includes(key)) return true;
    if (!key.startsWith(PREFIX)) return false;
    const name = key.slice(PREFIX.length);
    const prefix = NAMED.find((one) => name.startsWith(one));
    if (prefix === 'auth-config-') return SIGN_IN.includes(name.slice(prefix.length));
    return prefix !== undefined && name.length > prefix.length;
  };
  return Object.keys(annotations)
    .filter((key) => !isRead(key))
    .map((key) => {
      const near = nearest(key, all);
      return [
        key,
        near ? `Did you mean ${near}?` : 'Remove it; or list it in checks/annotations.ts with who reads it.',
      ];
    });
}
