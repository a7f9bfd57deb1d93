/** Where secrets are, and where they are not. */
import { finding, type Check, type Finding } from '../finding.ts';
import { services } from '@homepage/vault';
import { exceptions } from '../expected.ts';
import { nameOf, worldsOf } from '../network/world.ts';
import {
  leaves,
  ofKind,
  selects,
  type Rendered,
  type Resource,
  type Selector,
  type Workload,
} from '../resource.ts';
import { nearest } from '../schemas/validate.ts';
import { eachContainer, eachOfKind, eachResource, eachWorkload, inWorkload } from './each.ts';
import { isInjected } from './pods.ts';

/** What a secret looks like, whatever it is called. */
const SHAPES: [shape: RegExp, name: string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/, 'a key of age'],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/, 'a token of GitHub'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\bhv[sb]\.[A-Za-z0-9_-]{20,}/, 'a token of Vault'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./, 'a signed token'],
  [/[a-z][a-z0-9+]*:\/\/[^\s/:@{}]*:[^\s/@{}]+@/, 'an address with a password'],
];
const SECRET_NAME = /(password|passwd|secret|token|api_?key|access_?key|session_?key|private_?key)$/i;
/** Names like these hold where a secret is, not what it is. */
const PLACE = /^(\/|\$\(|https?:\/\/|s3:\/\/|true$|false$|\d+$|$)/;

export const noSecrets: Check = {
  number: 31,
  name: 'no secret in a manifest',
  why: 'Git keeps it for ever, and everybody who may read the repository has it.',
  run: (rendered) => [
    ...eachOfKind<{ data?: Record<string, string>; stringData?: Record<string, string> }>(
      rendered,
      'Secret',
      (secret, overlay) =>
        (secret.data !== undefined || secret.stringData !== undefined) &&
        finding(
          overlay,
          secret,
          secret.data ? 'data' : 'stringData',
          'a Secret is rendered with its data',
          'Let Vault, cert-manager or a job make it.',
        ),
    ),
    ...eachResource(rendered, (resource, overlay) =>
      [...leaves(resource)].flatMap(({ path, value }) =>
        SHAPES.filter(([shape]) => shape.test(String(value))).map(([, name]) =>
          finding(overlay, resource, path, `this looks like ${name}`, 'Revoke it, and keep it in Vault.'),
        ),
      ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ name, value }) => SECRET_NAME.test(name) && value !== undefined && !PLACE.test(value))
        .map(({ name }) =>
          inWorkload(
            workload,
            `${path}.env`,
            `the value of ${name} is written here`,
            'Read it from a file of /vault/secrets.',
          ),
        ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ value, valueFrom }) => value === undefined && Object.keys(valueFrom ?? {}).length === 0)
        .map(({ name }) =>
          inWorkload(workload, `${path}.env`, `${name} has no value`, 'Write one, or remove it.'),
        ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ valueFrom }) => valueFrom?.secretKeyRef)
        .filter(({ name }) => !(`${nameOf(workload)} ${name}` in exceptions.variable))
        .map(({ name }) =>
          inWorkload(
            workload,
            `${path}.env`,
            `${name} is a secret in the environment`,
            'Children, crash reports and /proc show it: mount a file.',
          ),
        ),
    ),
  ],
};

const PREFIX = 'vault.hashicorp.com/';

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
    'template-static-secret-render-interval template-max-connections-per-host tls-secret tls-server-name',
    'tls-skip-verify',
  ].flatMap((line) => line.split(' ')),
);
/** These end in a name that the manifest chooses, or in a parameter of the sign-in. */
const NAMED = [
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

/** Names of secrets that the annotations of a pod mention, with what they say of each. */
function injected(annotations: Record<string, string>): Map<string, Record<string, string>> {
  const secrets = new Map<string, Record<string, string>>();
  for (const [key, value] of Object.entries(annotations)) {
    const prefix = NAMED.slice(0, -1).find((one) => key.startsWith(PREFIX + one));
    if (prefix === undefined) continue;
    const name = key.slice(PREFIX.length + prefix.length);
    secrets.set(name, { ...secrets.get(name), [prefix]: value });
  }
  return secrets;
}

const annotationsPath = ({ path }: Workload): string => `${path}.metadata.annotations`;

export const templatesExplicit: Check = {
  number: 32,
  name: 'what the injector writes is said in full',
  why: 'The default template prints "map[…]"; a key that is missing becomes "<no value>", and a service signs in with that.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const secrets = injected(workload.annotations);
      const report = (message: string, fix: string): Finding =>
        inWorkload(workload, annotationsPath(workload), message, fix);
      if (secrets.size === 0)
        return [report('it is injected, and gets no secret', `Write ${PREFIX}agent-inject-secret-<name>.`)];
      return [...secrets].flatMap(([name, said]) => {
        const has = (prefix: string): boolean => said[prefix] !== undefined;
        return [
          !has('agent-inject-secret-') &&
            report(`"${name}" has no agent-inject-secret-${name}`, 'Write it: nothing is written without.'),
          !has('agent-inject-template-') &&
            !has('agent-inject-template-file-') &&
            report(`"${name}" has no template`, `Write ${PREFIX}agent-inject-template-${name}.`),
          said['error-on-missing-key-'] !== 'true' &&
            report(
              `a key that "${name}" lacks is no error`,
              `Write ${PREFIX}error-on-missing-key-${name}: "true".`,
            ),
          !/^0?[0-7]?[0-7]{2}0$/.test(said['agent-inject-perms-'] ?? '') &&
            report(
              `everybody may read "${name}"`,
              `Write ${PREFIX}agent-inject-perms-${name}: "0400" or "0440".`,
            ),
        ].filter((one) => one !== false);
      });
    }),
};

export const signInComplete: Check = {
  number: 33,
  name: 'injected pods sign in with AppRole, and jobs end',
  why: 'The default asks auth/kubernetes, which is not there; a sidecar beside a job runs for ever, and so does the job.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const wanted: [name: string, values: RegExp, shown: string][] = [
        ['auth-type', /^approle$/, 'approle'],
        ['auth-path', /^auth\/approle$/, 'auth/approle'],
        ['agent-extra-secret', /^[a-z0-9-]+$/, 'the Secret with role-id and secret-id'],
        ['auth-config-role-id-file-path', /^\/vault\/custom\/role-id$/, '/vault/custom/role-id'],
        ['auth-config-secret-id-file-path', /^\/vault\/custom\/secret-id$/, '/vault/custom/secret-id'],
        ['auth-config-remove-secret-id-file-after-reading', /^false$/, 'false'],
        ...(workload.ends
          ? ([['agent-pre-populate-only', /^true$/, 'true']] as [string, RegExp, string][])
          : []),
      ];
      const said = (name: string): string => workload.annotations[PREFIX + name] ?? '';
      return [
        ...wanted
          .filter(([name, values]) => !values.test(said(name)))
          .map(([name, , shown]) =>
            inWorkload(
              workload,
              annotationsPath(workload),
              `${PREFIX}${name} is "${said(name)}"`,
              `Write "${shown}".`,
            ),
          ),
        ...(!workload.ends && said('agent-pre-populate-only') === 'true'
          ? [
              inWorkload(
                workload,
                annotationsPath(workload),
                'nothing renews its certificate',
                'agent-pre-populate-only is for jobs.',
              ),
            ]
          : []),
        ...(said('tls-skip-verify') === 'true'
          ? [
              inWorkload(
                workload,
                annotationsPath(workload),
                'anybody may answer as Vault',
                `Write ${PREFIX}ca-cert instead of tls-skip-verify.`,
              ),
            ]
          : []),
      ];
    }),
};

/** What services call the three; MinIO knows its own names only. */
const PAIRS = [
  ['/tls.crt', '/tls.key', '/ca.crt'],
  ['/public.crt', '/private.key', '/ca.crt'],
];

export const oneTemplateForPair: Check = {
  number: 34,
  name: 'one template writes certificate and key',
  why: 'From two templates they are two certificates, and the key fits neither.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const templates = [...injected(workload.annotations)].map(([name, said]) => ({
        name,
        text: said['agent-inject-template-'] ?? '',
      }));
      const issuing = templates.filter(({ text }) => /pkiCert|\/issue\//.test(text));
      const wrong =
        issuing.length > 1
          ? `${issuing.map(({ name }) => name).join(' and ')} each issue a certificate`
          : issuing.length === 1 &&
              !PAIRS.some((files) => files.every((file) => issuing[0]!.text.includes(file)))
            ? `"${issuing[0]!.name}" does not write tls.crt, tls.key and ca.crt`
            : undefined;
      return wrong === undefined
        ? []
        : [
            inWorkload(
              workload,
              annotationsPath(workload),
              wrong,
              'One pkiCert template writes all three: deploy/vault/agent/tls.ctmpl.',
            ),
          ];
    }),
};

type Webhook = {
  name: string;
  clientConfig: { service?: { name: string; namespace: string } };
  failurePolicy?: string;
  namespaceSelector?: Selector;
  objectSelector?: object;
  sideEffects?: string;
  timeoutSeconds?: number;
};

export const webhooksStrict: Check = {
  number: 35,
  name: 'webhooks fail closed, and are asked about our namespaces only',
  why: 'With Ignore a pod starts bare while the injector is away; without a selector the injector stops the whole cluster.',
  run: (rendered) => [
    ...injectorsMissing(rendered),
    ...eachResource(rendered, (resource, overlay) => {
      if (!/^(Mutating|Validating)WebhookConfiguration$/.test(resource.kind)) return [];
      return ((resource['webhooks'] as Webhook[] | undefined) ?? []).flatMap((webhook, index) => {
        const path = `webhooks[${index}]`;
        const empty = (selector: object | undefined): boolean => Object.keys(selector ?? {}).length === 0;
        return [
          webhook.failurePolicy !== 'Fail' &&
            finding(
              overlay,
              resource,
              `${path}.failurePolicy`,
              'it fails open',
              'Write failurePolicy: Fail.',
            ),
          empty(webhook.namespaceSelector) &&
            finding(
              overlay,
              resource,
              `${path}.namespaceSelector`,
              'it is asked about every namespace',
              'Select those that need it by a label.',
            ),
          !ofKind(overlay, 'Service').some(
            ({ metadata }) =>
              metadata.name === webhook.clientConfig.service?.name &&
              metadata.namespace === webhook.clientConfig.service.namespace,
          ) &&
            finding(
              overlay,
              resource,
              `${path}.clientConfig.service`,
              'there is no such Service',
              'Name the Service of the injector.',
            ),
        ].filter((one) => one !== false);
      });
    }),
  ],
};

/** Pods that ask for secrets and that no webhook is asked about: they would start bare. */
function injectorsMissing(rendered: Rendered): Finding[] {
  return worldsOf(rendered)
    .filter(({ overlays }) => overlays.includes('cluster'))
    .flatMap((world) => {
      const webhooks = rendered.overlays
        .flatMap((overlay) => ofKind<{ webhooks?: Webhook[] }>(overlay, 'MutatingWebhookConfiguration'))
        .flatMap(({ webhooks: list = [] }) => list);
      const isAsked = (namespace: string): boolean =>
        webhooks.some(({ namespaceSelector = {} }) =>
          selects(namespaceSelector, world.network.namespaces.get(namespace) ?? {}),
        );
      return world.workloads
        .filter(({ annotations, namespace }) => isInjected(annotations) && !isAsked(namespace))
        .map((workload) =>
          inWorkload(
            workload,
            annotationsPath(workload),
            `no injector is asked about pods of ${workload.namespace}`,
            'Give the namespace the label that the webhook selects.',
          ),
        );
    });
}

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
            const fix = near ? `Did you mean ${near}?` : 'Remove it; or list it in checks/secrets.ts.';
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
  'homepage.dev/tier',
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
        near ? `Did you mean ${near}?` : 'Remove it; or list it in checks/secrets.ts with who reads it.',
      ];
    });
}

type Loose = Resource<{ data?: Record<string, string>; binaryData?: Record<string, string> }>;

/** Secrets that something makes on the cluster, and who. */
const madeElsewhere: { name: RegExp; by: string }[] = [
  {
    name: new RegExp(`^approle-(${services.map(({ name }) => name).join('|')})$`),
    by: 'a job, with role-id and secret-id',
  },
  { name: /^vault-(seal-token|bootstrap-keys|ca)$/, by: 'whoever sets Vault up: docs/vault.md' },
];

export const isMadeElsewhere = (name: string | undefined): boolean =>
  madeElsewhere.some((one) => one.name.test(name ?? ''));

export const referencesResolve: Check = {
  number: 58,
  name: 'what a pod refers to is there',
  why: 'A pod with a name that nobody has waits for it for ever.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { pod, path, namespace, overlay } = workload;
      const here = (kind: string): Loose[] =>
        ofKind<object>(overlay, kind).filter(
          ({ metadata }) => (metadata.namespace ?? 'default') === namespace,
        ) as Loose[];
      const missing = (kind: string, name: string | undefined, where: string): Finding[] =>
        name === undefined || here(kind).some(({ metadata }) => metadata.name === name)
          ? []
          : [
              inWorkload(
                workload,
                where,
                `there is no ${kind} ${namespace}/${name}`,
                kind === 'Secret'
                  ? 'Mend the name; or list in checks/secrets.ts who makes it.'
                  : 'Mend the name, or add it.',
              ),
            ];
      const secret = (name: string | undefined, where: string): Finding[] =>
        isMadeElsewhere(name) ? [] : missing('Secret', name, where);
      const certificates = ofKind<{ spec: { secretName: string } }>(overlay, 'Certificate').map(
        ({ spec }) => spec.secretName,
      );
      const noKey = (name: string | undefined, key: string, where: string): Finding[] => {
        const map = here('ConfigMap').find(({ metadata }) => metadata.name === name);
        return map && !(key in { ...map.data, ...map.binaryData })
          ? [
              inWorkload(
                workload,
                where,
                `ConfigMap ${name} has no key ${key}`,
                `It has ${Object.keys({ ...map.data, ...map.binaryData }).join(', ')}.`,
              ),
            ]
          : [];
      };
      const volumes = `${path}.spec.volumes`;
      const containers = [...pod.containers, ...(pod.initContainers ?? [])];
      const extra = workload.annotations[`${PREFIX}agent-extra-secret`];
      return [
        ...(extra === undefined ? [] : secret(extra, annotationsPath(workload))),
        ...(pod.volumes ?? []).flatMap(({ name, configMap, secret: fromSecret, persistentVolumeClaim }) => [
          ...(configMap?.optional ? [] : missing('ConfigMap', configMap?.name, volumes)),
          ...(configMap?.items ?? []).flatMap(({ key }) => noKey(configMap?.name, key, volumes)),
          ...containers
            .flatMap(({ volumeMounts = [] }) => volumeMounts)
            .filter((mount) => mount.name === name && mount.subPath !== undefined && configMap)
            .flatMap(({ subPath }) =>
              configMap?.items ? [] : noKey(configMap?.name, subPath!.split('/')[0]!, volumes),
            ),
          ...(fromSecret && !fromSecret.optional && !certificates.includes(fromSecret.secretName ?? '')
            ? secret(fromSecret.secretName, volumes)
            : []),
          ...missing('PersistentVolumeClaim', persistentVolumeClaim?.claimName, volumes),
        ]),
        ...containers.flatMap(({ env = [], envFrom = [], name }) => [
          ...env.flatMap(({ valueFrom }) =>
            valueFrom?.configMapKeyRef && !valueFrom.configMapKeyRef.optional
              ? [
                  ...missing('ConfigMap', valueFrom.configMapKeyRef.name, `env of ${name}`),
                  ...noKey(
                    valueFrom.configMapKeyRef.name,
                    valueFrom.configMapKeyRef.key ?? '',
                    `env of ${name}`,
                  ),
                ]
              : [],
          ),
          ...envFrom.flatMap(({ configMapRef, secretRef }) => [
            ...(configMapRef?.optional ? [] : missing('ConfigMap', configMapRef?.name, `envFrom of ${name}`)),
            ...(secretRef ? secret(secretRef.name, `envFrom of ${name}`) : []),
          ]),
        ]),
      ];
    }),
};
