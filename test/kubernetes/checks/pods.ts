/** What every pod must be: its images, its rights on the node, its volumes. */
import { finding, type Check } from '../finding.ts';
import { probePrograms } from '../expected.ts';
import {
  at,
  leaves,
  quantity,
  type Container,
  type EnvironmentVariable,
  type Labels,
  type PodSpec,
  type Resource,
} from '../resource.ts';
import { eachContainer, eachOfKind, eachResource, eachWorkload, inWorkload } from './each.ts';

const DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

export const imagesPinned: Check = {
  number: 2,
  name: 'images are pinned by digest',
  why: 'A tag is another image tomorrow, and one that never changes in the manifest is never deployed.',
  run: (rendered) =>
    eachResource(rendered, (resource, overlay) =>
      imagesIn(resource)
        .map(({ path, value }) => {
          const wrong = !DIGEST.test(value)
            ? `the image ${value} has no digest`
            : rendered.images && !rendered.images.has(value)
              ? `deploy/images.lock has no ${value}`
              : undefined;
          const fix = 'Write name@sha256:…, as deploy/images.lock has it.';
          return wrong !== undefined && finding(overlay, resource, path, wrong, fix);
        })
        .filter((one) => one !== false),
    ),
};

const nodesOf = (resource: Resource): EnvironmentVariable[] =>
  workloadOf(resource).flatMap(({ env = [] }) => env);

function workloadOf(resource: Resource): Container[] {
  const template = at(resource, 'spec.template.spec') ?? at(resource, 'spec.jobTemplate.spec.template.spec');
  return (template as PodSpec | undefined)?.containers ?? [];
}

/** Fields that hold an image, and variables that hand one on. */
const imagesIn = (resource: Resource): { path: string; value: string }[] => [
  ...[...leaves(resource)]
    .filter(({ path }) => /(^|\.)(image|imageName)$/.test(path))
    .map(({ path, value }) => ({ path, value: String(value) })),
  // AGENT_INJECT_VAULT_IMAGE and the like.
  ...[...nodesOf(resource)]
    .filter(({ name, value }) => /_IMAGE$/.test(name) && value !== undefined)
    .map(({ name, value }) => ({ path: `env ${name}`, value: value! })),
];

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const REASON = 'homepage.dev/pod-security-reason';

export const podSecurity: Check = {
  number: 3,
  name: 'each namespace enforces Pod Security',
  why: 'Whoever may make a pod may take the node, where nothing is enforced.',
  run: (rendered) =>
    eachOfKind<object>(rendered, 'Namespace', (namespace, overlay) => {
      const { labels = {}, annotations = {} } = namespace.metadata;
      const level = labels[ENFORCE];
      const wrong =
        level === undefined
          ? `no label ${ENFORCE}`
          : !['restricted', 'baseline'].includes(level)
            ? `it enforces "${level}"`
            : level === 'baseline' && !annotations[REASON]
              ? 'it enforces baseline and says no reason'
              : undefined;
      return (
        wrong !== undefined &&
        finding(
          overlay,
          namespace,
          'metadata.labels',
          wrong,
          `Write ${ENFORCE}: restricted; or baseline, with the annotation ${REASON}.`,
        )
      );
    }),
};

export const nonRoot: Check = {
  number: 4,
  name: 'nobody is root, and system calls are filtered',
  why: 'Who breaks out of a container is on the node whoever they were inside.',
  run: (rendered) =>
    eachContainer(rendered, ({ securityContext = {} }, path, workload) => {
      const pod = workload.pod.securityContext ?? {};
      const user = securityContext.runAsUser ?? pod.runAsUser;
      const wrong = [
        (securityContext.runAsNonRoot ?? pod.runAsNonRoot) !== true && 'runAsNonRoot is not true',
        !(typeof user === 'number' && user > 0) && 'runAsUser is no number above 0',
        (securityContext.seccompProfile ?? pod.seccompProfile)?.type !== 'RuntimeDefault' &&
          'seccompProfile is not RuntimeDefault',
      ];
      return wrong
        .filter((one) => one !== false)
        .map((one) =>
          inWorkload(
            workload,
            `${path}.securityContext`,
            one,
            'Set it in the securityContext of the pod, for all its containers.',
          ),
        );
    }),
};

export const noPrivileges: Check = {
  number: 5,
  name: 'no capabilities, no escalation, a read-only root',
  why: 'What a process cannot do, whoever takes it over cannot do either.',
  run: (rendered) => [
    ...eachContainer(rendered, ({ securityContext = {} }, path, workload) => {
      const { capabilities = {} } = securityContext;
      const wrong: (false | [field: string, message: string, fix: string])[] = [
        !capabilities.drop?.includes('ALL') && [
          'capabilities.drop',
          'not all capabilities are dropped',
          'Write drop: [ALL].',
        ],
        (capabilities.add ?? []).length > 0 && [
          'capabilities.add',
          `capabilities are added: ${capabilities.add?.join(', ')}`,
          'Listen on a port above 1023, or change what the image needs.',
        ],
        securityContext.allowPrivilegeEscalation !== false && [
          'allowPrivilegeEscalation',
          'it may escalate',
          'Write allowPrivilegeEscalation: false.',
        ],
        securityContext.readOnlyRootFilesystem !== true && [
          'readOnlyRootFilesystem',
          'its root can be written',
          'Write readOnlyRootFilesystem: true, and an emptyDir for each path that it writes.',
        ],
        securityContext.privileged === true && ['privileged', 'it is privileged', 'Remove privileged.'],
      ];
      return wrong
        .filter((one) => one !== false)
        .map(([field, message, fix]) =>
          inWorkload(workload, `${path}.securityContext.${field}`, message, fix),
        );
    }),
  ],
};

export const volumesExplicit: Check = {
  number: 6,
  name: 'volumes are there, used, and bounded',
  why: 'A mount without its volume never starts; an emptyDir without a size fills the node, or its memory.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { pod, path, resource } = workload;
      const claims = (resource['spec'] as { volumeClaimTemplates?: { metadata: { name: string } }[] })
        .volumeClaimTemplates;
      const declared = new Set([
        ...(pod.volumes ?? []).map(({ name }) => name),
        ...(claims ?? []).map(({ metadata }) => metadata.name),
      ]);
      const containers = [...pod.containers, ...(pod.initContainers ?? [])];
      const mounts = containers.flatMap(({ name, volumeMounts = [] }) =>
        volumeMounts.map((mount) => ({ ...mount, container: name })),
      );
      // The injector copies the mounts of the service's own token.
      const named = workload.annotations['vault.hashicorp.com/agent-service-account-token-volume-name'];
      const used = new Set([...mounts.map(({ name }) => name), ...(named === undefined ? [] : [named])]);
      return [
        ...mounts
          .filter(({ name }) => !declared.has(name))
          .map(({ name, container }) =>
            inWorkload(
              workload,
              `${path}.spec.volumes`,
              `the container ${container} mounts the volume "${name}", which is not there`,
              `Add the volume, or mount one of ${[...declared].join(', ') || 'those there are (none)'}.`,
            ),
          ),
        ...[...declared]
          .filter((name) => !used.has(name))
          .map((name) =>
            inWorkload(
              workload,
              `${path}.spec.volumes`,
              `nobody mounts the volume "${name}"`,
              'Mount it, or remove it.',
            ),
          ),
        ...(pod.volumes ?? [])
          .filter(({ emptyDir }) => emptyDir && !(quantity(emptyDir.sizeLimit) > 0))
          .map(({ name }) =>
            inWorkload(
              workload,
              `${path}.spec.volumes`,
              `the emptyDir "${name}" has no sizeLimit`,
              'Write sizeLimit; with medium: Memory it counts as memory of the container.',
            ),
          ),
        ...(pod.volumes ?? [])
          .filter(
            (volume) =>
              Object.keys(volume).length !== 2 ||
              (volume.projected && (volume.projected.sources ?? []).every(isNothing)),
          )
          .map(({ name }) =>
            inWorkload(
              workload,
              `${path}.spec.volumes`,
              `nothing says what the volume "${name}" is`,
              'Write its one source, with all that it needs.',
            ),
          ),
        ...mounts
          .filter(({ mountPath, subPath }) => {
            const name = mountPath.split('/').at(-1)!;
            return subPath === undefined ? /\.(conf|json|hcl|sh|pem|crt|key)$/.test(name) : subPath !== name;
          })
          .map(({ mountPath, container }) =>
            inWorkload(
              workload,
              `${path}.spec`,
              `${mountPath} of ${container} is a folder where a file must be, or another file`,
              'Write subPath: its own name.',
            ),
          ),
        ...twice(mounts).map((where) =>
          inWorkload(workload, `${path}.spec`, `two volumes are mounted at ${where}`, 'Remove one of them.'),
        ),
      ];
    }),
};

const isNothing = (source: Record<string, unknown>): boolean => Object.keys(source).length === 0;

function twice(mounts: { container: string; mountPath: string }[]): string[] {
  const places = mounts.map(({ container, mountPath }) => `${mountPath} of ${container}`);
  return [...new Set(places.filter((place, index) => places.indexOf(place) !== index))];
}

/** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations */
const agentResources = ['requests-cpu', 'requests-mem', 'limits-cpu', 'limits-mem'];

export const resourcesSet: Check = {
  number: 7,
  name: 'every container says what it needs, and its most memory',
  why: 'Without requests the node is overcommitted unseen; without a limit one leak takes its neighbours down.',
  run: (rendered) => [
    ...eachContainer(rendered, ({ resources = {} }, path, workload) => {
      const { requests = {}, limits = {} } = resources;
      const missing = [
        requests.cpu === undefined && 'requests.cpu',
        requests.memory === undefined && 'requests.memory',
        limits.memory === undefined && 'limits.memory',
      ].filter((one) => one !== false);
      const below = (['cpu', 'memory'] as const).filter(
        (unit) => limits[unit] !== undefined && quantity(requests[unit]) > quantity(limits[unit]),
      );
      return [
        ...missing.map((field) =>
          inWorkload(
            workload,
            `${path}.resources.${field}`,
            `${field} is not set`,
            'Set it to what was measured.',
          ),
        ),
        ...below.map((unit) =>
          inWorkload(
            workload,
            `${path}.resources.limits.${unit}`,
            `the limit of ${unit} is below what it asks for`,
            'A pod with such limits is refused: raise the limit.',
          ),
        ),
      ];
    }),
    ...eachWorkload(rendered, (workload) =>
      isInjected(workload.annotations)
        ? agentResources
            .filter((name) => !(quantity(workload.annotations[`vault.hashicorp.com/agent-${name}`]) > 0))
            .map((name) =>
              inWorkload(
                workload,
                `${workload.path}.metadata.annotations`,
                `vault.hashicorp.com/agent-${name} is not set`,
                'The injector gives each agent 250m and 64Mi otherwise: set all four.',
              ),
            )
        : [],
    ),
  ],
};

export const isInjected = (annotations: Labels): boolean =>
  annotations['vault.hashicorp.com/agent-inject'] === 'true';

export const noHost: Check = {
  number: 20,
  name: 'nothing of the node',
  why: 'A host path, network or port is a way around every other rule.',
  run: (rendered) => [
    ...eachWorkload(rendered, (workload) => {
      const { pod, path } = workload;
      return [
        ...(['hostNetwork', 'hostPID', 'hostIPC'] as const)
          .filter((field) => pod[field] === true)
          .map((field) => inWorkload(workload, `${path}.spec.${field}`, `${field} is true`, 'Remove it.')),
        ...(pod.volumes ?? [])
          .filter(({ hostPath }) => hostPath)
          .map(({ name, hostPath }) =>
            inWorkload(
              workload,
              `${path}.spec.volumes`,
              `the volume "${name}" is ${hostPath?.path} of the node`,
              'Use a claim, or an emptyDir.',
            ),
          ),
      ];
    }),
    ...eachContainer(rendered, ({ ports = [] }, path, workload) =>
      ports
        .filter(({ hostPort }) => hostPort !== undefined)
        .map(({ hostPort }) =>
          inWorkload(workload, `${path}.ports`, `it takes port ${hostPort} of the node`, 'Use a Service.'),
        ),
    ),
    ...eachOfKind<{ spec: { type?: string; externalIPs?: string[] } }>(
      rendered,
      'Service',
      (service, overlay) =>
        ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP' || service.spec.externalIPs !== undefined) &&
        finding(
          overlay,
          service,
          'spec.type',
          `it is a ${service.spec.type}`,
          'Only Traefik is reached from outside: write type: ClusterIP, and an Ingress.',
        ),
    ),
  ],
};

export const noShellProbes: Check = {
  number: 30,
  name: 'no probe or hook needs a shell',
  why: 'The images have none: such a probe fails for ever, and the pod with it.',
  run: (rendered) =>
    eachContainer(rendered, (container, path, workload) =>
      commandsOf(container)
        .filter(({ command }) => !probePrograms.includes(command[0] ?? ''))
        .map(({ field, command }) =>
          inWorkload(
            workload,
            `${path}.${field}`,
            `it runs ${command[0]}`,
            'Ask by httpGet or tcpSocket, wait by preStop.sleep; or name the program in expected.ts.',
          ),
        ),
    ),
};

function commandsOf(container: Container): { field: string; command: string[] }[] {
  const probes = (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).map((field) => ({
    field: `${field}.exec`,
    command: container[field]?.exec?.command,
  }));
  const hook = { field: 'lifecycle.preStop.exec', command: container.lifecycle?.preStop?.exec?.command };
  return [...probes, hook].flatMap(({ field, command }) => (command ? { field, command } : []));
}
