/** Rendered manifests as the checks read them: only the fields that some check asks for have a type. */
import type { Compose } from './compose.ts';
import type { Matrix } from './network/matrix.ts';

export type Labels = Record<string, string>;

export type Metadata = {
  name: string;
  namespace?: string;
  labels?: Labels;
  annotations?: Record<string, string>;
};

/** One Kubernetes object. What it holds is checked by its schema first, so fields may be read as they should be. */
export type Resource<Fields = Record<string, unknown>> = {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
} & Fields;

export type OverlayName = 'cluster' | 'cluster-ha' | 'dev' | 'prod' | 'prod-ha';

/** For several servers, in place of the one without. */
export const isForSeveral = (name: OverlayName): boolean => name.endsWith('-ha');

export type Overlay = {
  name: OverlayName;
  resources: Resource[];
  /** where a resource is written down, by kind and name: "base/api/deployment.yaml" */
  files: Map<string, string>;
  /** why it could not be rendered, or not twice alike; empty: it could */
  trouble: string[];
};

export type Rendered = {
  overlays: Overlay[];
  /** who may talk to whom; undefined: nobody says */
  matrix?: Matrix;
  /** every image that may be named, as "name@sha256:…"; undefined: any */
  images?: Set<string>;
  /** what is like it for development; undefined: nothing */
  compose?: Compose;
  /** docs/capacity.md; undefined: nobody writes it */
  capacityPage?: string;
};

export type Quantities = { cpu?: string | number; memory?: string | number };
export type Probe = {
  httpGet?: { path?: string; port: number | string; scheme?: string };
  tcpSocket?: { port: number | string };
  exec?: { command: string[] };
  grpc?: { port: number };
  successThreshold?: number;
};
export type SecurityContext = {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  seccompProfile?: { type: string };
  capabilities?: { drop?: string[]; add?: string[] };
};
export type Reference = { name?: string; key?: string; optional?: boolean };
export type EnvironmentVariable = {
  name: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: Reference; secretKeyRef?: Reference; fieldRef?: { fieldPath: string } };
};
export type ContainerPort = { name?: string; containerPort: number; protocol?: string; hostPort?: number };
export type Container = {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: EnvironmentVariable[];
  envFrom?: { configMapRef?: Reference; secretRef?: Reference }[];
  ports?: ContainerPort[];
  resources?: { requests?: Quantities; limits?: Quantities };
  securityContext?: SecurityContext;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number }; exec?: { command: string[] } } };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
  /** of an init container: Always makes it a sidecar */
  restartPolicy?: string;
};
export type KeyToPath = { key: string; path: string };
export type Volume = {
  name: string;
  emptyDir?: { medium?: string; sizeLimit?: string };
  hostPath?: { path: string };
  configMap?: Reference & { items?: KeyToPath[]; defaultMode?: number };
  secret?: { secretName?: string; optional?: boolean; items?: KeyToPath[] };
  persistentVolumeClaim?: { claimName: string };
  projected?: { sources?: Record<string, unknown>[] };
  csi?: unknown;
};
export type PodSpec = {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  securityContext?: SecurityContext;
  terminationGracePeriodSeconds?: number;
  enableServiceLinks?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  restartPolicy?: string;
  topologySpreadConstraints?: { labelSelector?: Selector; topologyKey: string }[];
  affinity?: unknown;
};
export type PodTemplate = { metadata?: Partial<Metadata>; spec: PodSpec };
export type Selector = {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};

/** What starts pods: a Deployment, StatefulSet, DaemonSet, Job or CronJob. */
export type Workload = {
  overlay: Overlay;
  resource: Resource;
  namespace: string;
  name: string;
  /** of its pods */
  labels: Labels;
  /** of its pods */
  annotations: Record<string, string>;
  pod: PodSpec;
  /** where the pod's template is, e.g. "spec.template" */
  path: string;
  /** whether it is meant to end */
  ends: boolean;
  /** undefined: not said, so one, or as the HorizontalPodAutoscaler decides */
  replicas: number | undefined;
};

const templatePaths: Record<string, string> = {
  Deployment: 'spec.template',
  StatefulSet: 'spec.template',
  DaemonSet: 'spec.template',
  Job: 'spec.template',
  CronJob: 'spec.jobTemplate.spec.template',
};

export function workloadsOf(overlay: Overlay): Workload[] {
  return overlay.resources.flatMap((resource) => {
    const path = templatePaths[resource.kind];
    const template = path === undefined ? undefined : (at(resource, path) as PodTemplate | undefined);
    if (path === undefined || !Array.isArray(template?.spec?.containers)) return [];
    return {
      overlay,
      resource,
      namespace: resource.metadata.namespace ?? 'default',
      name: resource.metadata.name,
      labels: template.metadata?.labels ?? {},
      annotations: template.metadata?.annotations ?? {},
      pod: template.spec,
      path,
      ends: resource.kind === 'Job' || resource.kind === 'CronJob',
      replicas: at(resource, 'spec.replicas') as number | undefined,
    };
  });
}

/** What `resources` holds of one kind, typed by who asks. */
export const ofKind = <Fields>({ resources }: Overlay, kind: string): Resource<Fields>[] =>
  resources.filter((resource) => resource.kind === kind) as Resource<Fields>[];

/** All containers of a pod with the path of each. Sidecars are init containers that are restarted. */
export function containersOf({
  pod,
  path,
}: Workload): { container: Container; path: string; init: boolean }[] {
  const list = (containers: Container[], field: string, init: boolean) =>
    containers.map((container, index) => ({
      container,
      path: `${path}.spec.${field}[${index}]`,
      init: init && container.restartPolicy !== 'Always',
    }));
  return [
    ...list(pod.containers, 'containers', false),
    ...list(pod.initContainers ?? [], 'initContainers', true),
  ];
}

/** @param path of names, e.g. "spec.template.spec" */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

export type Leaf = { path: string; value: string | number };

/** Asks about a resource once; whoever changes one makes a new object. */
export function onceOf<Answer>(ask: (resource: Resource) => Answer): (resource: Resource) => Answer {
  const answers = new WeakMap<Resource, { answer: Answer }>();
  return (resource) => {
    const before = answers.get(resource) ?? { answer: ask(resource) };
    answers.set(resource, before);
    return before.answer;
  };
}

/** Of resources that were looked at; whoever changes one makes a new object. */
const known = new WeakMap<Resource, Leaf[]>();

/** Every text and number in a resource, with its path. */
export function leaves(resource: Resource): Leaf[] {
  const before = known.get(resource);
  if (before) return before;
  const found = [...leavesIn(resource, '')];
  known.set(resource, found);
  return found;
}

function* leavesIn(value: unknown, path: string): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') yield { path, value };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* leavesIn(item, `${path}[${index}]`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* leavesIn(item, path ? `${path}.${key}` : key);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors: all of it must hold. */
export function selects(selector: Selector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      // An object without the label is selected by NotIn, too.
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return false;
    })
  );
}

/** A quantity of Kubernetes in its unit: cores, or bytes. "250m" is 0.25, "1Gi" is 1073741824. NaN: it is none */
export function quantity(text: string | number | undefined): number {
  if (text === undefined) return 0;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/.exec(
    String(text),
  );
  if (!match) return Number.NaN;
  const [, digits, suffix = ''] = match;
  if (/^[eE][+-]?\d/.test(suffix)) return Number(digits + suffix);
  const powers = 'kMGTPE';
  if (suffix === 'm') return Number(digits) / 1000;
  if (suffix.endsWith('i'))
    return Number(digits) * 1024 ** (powers.indexOf(suffix[0]!.replace('K', 'k')) + 1);
  return Number(digits) * (suffix ? 1000 ** (powers.indexOf(suffix) + 1) : 1);
}
