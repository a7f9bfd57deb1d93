/** How manifests go wrong: each operator makes one mutant for each place where it can. */
import { environments } from '../expected.ts';
import type { Overlay, Rendered, Resource } from '../resource.ts';
import { mutantAt, nodes, pathText, replaced, type Mutant, type Operator, type Path } from './mutant.ts';

type Place = { overlay: Overlay; resource: Resource; path: Path; value: unknown };

function* places(rendered: Rendered): Generator<Place> {
  for (const overlay of rendered.overlays)
    for (const resource of overlay.resources)
      for (const { value, path } of nodes(resource))
        if (path.length > 0) yield { overlay, resource, path, value };
}

/** Maps whose keys are somebody's own names, not fields. */
const MAPS =
  /^(labels|annotations|data|binaryData|stringData|matchLabels|selector|nodeSelector|requests|limits|parameters|customRequestHeaders|customResponseHeaders|hard)$/;
const inMap = (path: Path): boolean => {
  const above = path.at(-2);
  // A Service's selector is a map; a Deployment's has fields.
  if (above === 'selector') return !['matchLabels', 'matchExpressions'].includes(String(path.at(-1)));
  return typeof above === 'string' && MAPS.test(above);
};

/** Two letters swapped, as fingers do. */
const misspelt = (name: string): string => {
  for (let at = name.length - 2; at > 0; at -= 1)
    if (name[at] !== name[at + 1]) return name.slice(0, at) + name[at + 1]! + name[at]! + name.slice(at + 2);
  return `${name}s`;
};

const rename = (at: Record<string | number, unknown>, key: string | number, to: string): void => {
  at[to] = at[key];
  delete at[key];
};

/** Makes an operator of a test and a change. */
const operator = (
  name: string,
  about: string,
  fits: (place: Place) => boolean,
  changes: (
    place: Place,
  ) => [
    what: string,
    change: (at: Record<string | number, unknown>, key: string | number, copy: Resource) => void,
  ][],
): Operator => ({
  name,
  about,
  *mutate(rendered: Rendered): Generator<Mutant> {
    for (const place of places(rendered)) {
      if (!fits(place)) continue;
      const { overlay, resource, path } = place;
      for (const [what, change] of changes(place))
        yield mutantAt(name, rendered, overlay, resource, path, what, change);
    }
  },
});

const last = ({ path }: Place): string | number => path.at(-1)!;
const isText = (value: unknown): value is string => typeof value === 'string';
const set =
  (value: unknown) =>
  (at: Record<string | number, unknown>, key: string | number): void => {
    at[key] = value;
  };

const isContainer = ({ path }: Place): boolean =>
  path.length > 1 && typeof path.at(-1) === 'number' && /^(init)?[cC]ontainers$/.test(String(path.at(-2)));
const isPod = ({ path, value }: Place): boolean =>
  path.at(-1) === 'spec' && typeof value === 'object' && value !== null && 'containers' in value;

type Any = Record<string, never>;
const within =
  (edit: (inner: Any) => void) =>
  (at: Record<string | number, unknown>, key: string | number): void =>
    edit(at[key] as Any);
const assign = (path: string, value: unknown) =>
  within((inner) => {
    const parts = path.split('.');
    const holder = parts.slice(0, -1).reduce((one, part) => (one[part] ??= {} as never) as Any, inner);
    holder[parts.at(-1)!] = value as never;
  });

export const fieldRenamed = operator(
  'field renamed',
  'two letters of a field are swapped',
  (place) => isText(last(place)) && !inMap(place.path),
  (place) => [[misspelt(String(last(place))), (at, key) => rename(at, key, misspelt(String(key)))]],
);

export const operators: Operator[] = [
  operator(
    'key renamed',
    'two letters of a label, an annotation or the key of a file are swapped',
    (place) => isText(last(place)) && inMap(place.path),
    (place) => [[misspelt(String(last(place))), (at, key) => rename(at, key, misspelt(String(key)))]],
  ),
  operator(
    'field removed',
    'a line is lost in a merge',
    (place) => isText(last(place)) && !inMap(place.path) && place.path.length > 1,
    () => [['', (at, key) => void delete at[key]]],
  ),
  {
    name: 'resource removed',
    about: 'a file is lost from a kustomization',
    *mutate(rendered) {
      for (const overlay of rendered.overlays)
        for (const resource of overlay.resources)
          yield {
            operator: 'resource removed',
            overlay: overlay.name,
            resource: `${resource.kind} ${resource.metadata.name}`,
            path: '',
            what: '',
            make: () => replaced(rendered, overlay, resource, () => null),
          };
    },
  },
  operator(
    'digest dropped',
    'an image is named by a tag, or by the digest of another one',
    (place) => isText(place.value) && /@sha256:/.test(place.value) && !/\s/.test(place.value),
    ({ value }) => [
      ['a tag', set(String(value).replace(/@.*/, ':latest'))],
      ['nothing', set(String(value).replace(/@.*/, ''))],
      ['another image', set(String(value).replace('@', '-x@'))],
    ],
  ),
  operator('privilege added', 'a container or a pod may do more than it needs', isContainer, () => [
    ['privileged', assign('securityContext.privileged', true)],
    ['root', assign('securityContext.runAsUser', 0)],
    ['may be root', assign('securityContext.runAsNonRoot', false)],
    ['escalates', assign('securityContext.allowPrivilegeEscalation', true)],
    ['a capability', assign('securityContext.capabilities.add', ['SYS_ADMIN'])],
    ['writes its root', assign('securityContext.readOnlyRootFilesystem', false)],
    ['unconfined', assign('securityContext.seccompProfile', { type: 'Unconfined' })],
    ['a port of the node', assign('ports', [{ containerPort: 1, hostPort: 1 }])],
  ]),
  operator('privilege added', 'a container or a pod may do more than it needs', isPod, () => [
    ['network of the node', assign('hostNetwork', true)],
    ['processes of the node', assign('hostPID', true)],
    ['token', assign('automountServiceAccountToken', true)],
    [
      'a folder of the node',
      within((pod) =>
        ((pod['volumes'] ??= [] as never) as object[]).push({ name: 'x', hostPath: { path: '/' } }),
      ),
    ],
    ['the default account', within((pod) => delete (pod as Record<string, unknown>)['serviceAccountName'])],
  ]),
  operator(
    'privilege added',
    'a role may do everything',
    ({ resource, path }) =>
      /Role$/.test(resource.kind) && ['verbs', 'resources', 'apiGroups'].includes(String(path.at(-1))),
    () => [['a star', set(['*'])]],
  ),
  operator(
    'edge removed',
    'a rule of a policy, one of its peers or ports is lost',
    ({ resource, path }) =>
      resource.kind === 'NetworkPolicy' &&
      typeof path.at(-1) === 'number' &&
      /^(ingress|egress|from|to|ports)$/.test(String(path.at(-2))),
    () => [['', (at, key) => void (at as unknown as unknown[]).splice(Number(key), 1)]],
  ),
  operator(
    'edge added',
    'a policy opens a port more, or everything',
    ({ resource, path }) => resource.kind === 'NetworkPolicy' && path.length === 1 && path[0] === 'spec',
    () => [
      ['all may come', assign('ingress', [{}])],
      ['it may go anywhere', assign('egress', [{}])],
      [
        'all ports',
        within((spec) => {
          for (const rule of [
            ...((spec['ingress'] as unknown as object[] | undefined) ?? []),
            ...((spec['egress'] as unknown as object[] | undefined) ?? []),
          ])
            delete (rule as { ports?: unknown }).ports;
        }),
      ],
      ['all pods', assign('podSelector', {})],
    ],
  ),
  operator(
    'port changed',
    'a port is the one beside it',
    (place) =>
      /^(port|containerPort|targetPort|number)$/.test(String(last(place))) && typeof place.value !== 'object',
    ({ value }) => [['the next one', set(typeof value === 'number' ? value + 1 : `${String(value)}x`)]],
  ),
  operator(
    'selector typo',
    'a label that is selected by is misspelt',
    ({ path, value }) =>
      isText(value) &&
      (path.at(-2) === 'matchLabels' ||
        (path.at(-2) === 'selector' && inMap(path)) ||
        path.at(-2) === 'values'),
    ({ value }) => [['', set(misspelt(String(value)))]],
  ),
  operator(
    'reference typo',
    'the name of something else is misspelt',
    (place) =>
      isText(place.value) &&
      (/^(serviceAccountName|secretName|claimName|configMapName|storageClassName|serviceName|ingressClassName|agent-extra-secret)$/.test(
        String(last(place)),
      ) ||
        (last(place) === 'name' &&
          /^(configMap|configMapKeyRef|configMapRef|secretKeyRef|secretRef|roleRef|scaleTargetRef|issuerRef|service|subjects|volumeMounts)$/.test(
            String(place.path.filter((part) => typeof part === 'string').at(-2)),
          ))),
    ({ value }) => [['', set(misspelt(String(value)))]],
  ),
  operator(
    'wrong host',
    'something of another environment is named',
    ({ overlay, value }) =>
      isText(value) && environments[overlay.name] !== undefined && strangersIn(overlay, value).length > 0,
    ({ overlay, value }) => strangersIn(overlay, String(value)).map((text) => [text.slice(0, 60), set(text)]),
  ),
  operator(
    'probe swapped',
    'readiness and liveness are swapped, or one probe asks what the other does',
    isContainer,
    ({ value }) => {
      const { livenessProbe, readinessProbe } = value as Record<string, unknown>;
      if (!livenessProbe || !readinessProbe) return [];
      return [
        [
          'swapped',
          within((container) =>
            Object.assign(container, { livenessProbe: readinessProbe, readinessProbe: livenessProbe }),
          ),
        ],
        ['a shell', assign('livenessProbe', { exec: { command: ['/bin/sh', '-c', 'true'] } })],
      ];
    },
  ),
  operator(
    'old version',
    'an apiVersion that is gone',
    (place) => place.path.length === 1 && last(place) === 'apiVersion',
    ({ value }) => [['v1beta1', set(String(value).replace(/v\d+(alpha\d+|beta\d+)?$/, 'v1beta9'))]],
  ),
  operator(
    'switch flipped',
    'true is false',
    ({ value }) => typeof value === 'boolean',
    ({ value }) => [[String(!value), set(!value)]],
  ),
  operator(
    'number changed',
    'a number is 0, or a thousand times what it was',
    ({ value, path }) => typeof value === 'number' && !/[pP]ort$|^number$/.test(String(path.at(-1))),
    ({ value }) => [
      ['0', set(0)],
      ['× 1000', set(Number(value) * 1000)],
    ],
  ),
  operator(
    'word misspelt',
    'two letters of a value are swapped',
    (place) => isWord(place) && misspeltText(String(place.value)) !== undefined,
    ({ value, path, overlay }) => [
      [`${keyText(path)}${alike(overlay, String(value))}`, set(misspeltText(String(value)))],
    ],
  ),
  operator(
    'item lost',
    'a line of a list is lost in a merge',
    ({ resource, path, value }) =>
      typeof path.at(-1) === 'number' &&
      resource.kind !== 'NetworkPolicy' &&
      path.at(-2) !== 'containers' &&
      value !== undefined,
    ({ value, overlay }) => [
      [alike(overlay, namedBy(value)), (at, key) => void (at as unknown as unknown[]).splice(Number(key), 1)],
    ],
  ),
  operator(
    'opened',
    'everybody is believed, so that it works',
    ({ resource, value }) => isText(value) && resource.kind !== 'NetworkPolicy' && openedIn(value).length > 0,
    ({ value }) => openedIn(String(value)).map(([what, text]) => [what, set(text)]),
  ),
  operator(
    'another word',
    'a word that is right elsewhere',
    ({ value }) => isText(value) && !value.includes('\n') && othersIn(value).length > 0,
    ({ value }) => othersIn(String(value)).map((text) => [text, set(text)]),
  ),
  operator(
    'refused',
    'something that a schema takes and the API server does not',
    ({ path, value }) => refusals.some(([field]) => field.test(pathText(path))) && value !== undefined,
    ({ path, value }) =>
      refusals
        .filter(([field]) => field.test(pathText(path)))
        .map(([, what, change]) => [what, (at, key) => void (at[key] = change(value))]),
  ),
  {
    name: 'overlays mixed',
    about: 'a file of one environment is in the other',
    *mutate(rendered) {
      for (const overlay of rendered.overlays)
        for (const other of rendered.overlays) {
          if (other === overlay || !environments[overlay.name] || !environments[other.name]) continue;
          if (environments[overlay.name]!.namespace === environments[other.name]!.namespace) continue;
          for (const resource of overlay.resources) {
            const twin = other.resources.find(
              ({ kind, metadata }) => kind === resource.kind && metadata.name === resource.metadata.name,
            );
            if (!twin || JSON.stringify(twin) === JSON.stringify(resource)) continue;
            yield {
              operator: 'overlays mixed',
              overlay: overlay.name,
              resource: `${resource.kind} ${resource.metadata.name}`,
              path: '',
              what: `that of ${other.name}`,
              make: () => replaced(rendered, overlay, resource, () => structuredClone(twin)),
            };
          }
        }
    },
  },
];

/** Values that people type: neither files, nor templates, nor what is generated. */
const isWord = ({ resource, path, value }: Place): boolean =>
  isText(value) &&
  !value.includes('\n') &&
  !/^(apiVersion|kind)$|labels|^metadata\.(name|namespace)$|matchLabels|image$|selector|\.cpu|memory|storage$|sizeLimit/.test(
    pathText(path),
  ) &&
  resource.kind !== 'NetworkPolicy' &&
  (resource.kind !== 'ConfigMap' || path[0] !== 'data');

/** The last word of at least four letters, with two of them swapped. */
function misspeltText(text: string): string | undefined {
  const word = text.match(/[a-zA-Z]{4,}/g)?.at(-1);
  if (word === undefined) return undefined;
  const at = text.lastIndexOf(word);
  return text.slice(0, at) + misspelt(word) + text.slice(at + word.length);
}

/** Keys of maps are in the path already. */
const keyText = (path: Path): string => (typeof path.at(-1) === 'number' ? '' : '= ');

/** The same of each environment is done once. */
const alike = ({ name }: Overlay, text: string): string =>
  text.replaceAll(new RegExp(`\\b${name.split('-')[0]}\\b`, 'g'), '*').slice(0, 80);

function namedBy(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, mountPath, containerPort, secret, path } = value as Record<string, unknown>;
  return String(mountPath ?? containerPort ?? secret ?? path ?? name ?? Object.keys(value).join());
}

/** Whoever is believed, and servers under any name. */
const openedIn = (text: string): [what: string, text: string][] =>
  (
    [
      ['a network', text.replace(/\b10\.42\.0\.0\/16\b/, '0.0.0.0/0')],
      ['trusted addresses', text.replace('trustedIPs: []', 'trustedIPs: ["0.0.0.0/0"]')],
      ['a name', text.replace('sslmode=verify-full', 'sslmode=require')],
      ['TLS', text.replace('rediss://', 'redis://')],
    ] as [string, string][]
  ).filter(([, changed]) => changed !== text);

const OTHERS = [
  ['/sign/', '/issue/'],
  ['client auth', 'server auth'],
  ['primary.hcl', 'bootstrap.hcl'],
  ['reloader.hcl', 'reloader-init.hcl'],
  ['/livez', '/readyz'],
  ['18/docker', '18/main'],
  ['/vault/keys/keys', '/vault/keys/key'],
  [':8080', ':8443'],
  ['websecure', 'web'],
];
const EXACT = [
  ['Sync', 'PreSync'],
  ['secret-id', 'secretid'],
  ['approle', 'auth/approle'],
  ['ReadWriteOnce', 'ReadWriteMany'],
  ['homepage-api', 'homepage-frontend'],
];
const othersIn = (text: string): string[] => [
  ...OTHERS.filter(([one]) => text.includes(one!)).map(([one, other]) => text.replace(one!, other!)),
  ...EXACT.filter(([one]) => text === one).map(([, other]) => other!),
];

const refusals: [field: RegExp, what: string, change: (value: unknown) => unknown][] = [
  [/[cC]ontainers\[\]\.ports\[\]\.name$/, 'a long name', (value) => `${String(value)}-of-everybody`],
  [/labels\."app\.kubernetes\.io\/name"$/, 'a space', (value) => `${String(value)} one`],
  [/(liveness|startup)Probe$/, 'two successes', (value) => ({ ...(value as object), successThreshold: 2 })],
  [/schedule$/, 'minute 61', (value) => String(value).replace(/^\S+/, '61')],
  [/renewBefore$/, 'after its end', () => '90000h'],
];

/** The text with each word of its environment replaced by that of another one. */
function strangersIn(overlay: Overlay, text: string): string[] {
  const own = environments[overlay.name]!;
  const others = Object.values(environments).filter(({ namespace }) => namespace !== own.namespace);
  return others.flatMap((other) =>
    (['namespace', 'host', 'issuer'] as const)
      .map((field) => text.replaceAll(own[field], other[field]))
      .filter((changed) => changed !== text),
  );
}
