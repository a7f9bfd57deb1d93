/** How workloads come, stay and go. */
import { environments } from '../expected.ts';
import { finding, type Check } from '../finding.ts';
import {
  at,
  isForSeveral,
  ofKind,
  selects,
  workloadsOf,
  type Overlay,
  type Resource,
  type Selector,
  type Workload,
} from '../resource.ts';
import { eachOfKind, eachWorkload, inWorkload } from './each.ts';

type Autoscaler = {
  spec: {
    minReplicas?: number;
    maxReplicas: number;
    metrics?: { containerResource?: { container: string } }[];
    scaleTargetRef: { apiVersion: string; kind: string; name: string };
  };
};

export const autoscalersOf = (overlay: Overlay) => ofKind<Autoscaler>(overlay, 'HorizontalPodAutoscaler');

/** @returns the autoscaler of a workload */
export const autoscalerOf = ({ overlay, resource, namespace }: Workload) =>
  autoscalersOf(overlay).find(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.scaleTargetRef.kind === resource.kind &&
      spec.scaleTargetRef.name === resource.metadata.name,
  );

/** Fewest and most pods of a workload that serves. */
export function replicasOf(workload: Workload): { min: number; max: number } {
  const scaler = autoscalerOf(workload);
  if (scaler) return { min: scaler.spec.minReplicas ?? 1, max: scaler.spec.maxReplicas };
  const replicas = workload.replicas ?? 1;
  return { min: replicas, max: replicas };
}

export const autoscalersRule: Check = {
  number: 25,
  name: 'where an autoscaler decides, nobody else does',
  why: 'Replicas in the manifest are put back at each sync: the site shrinks under load.',
  run: (rendered) => [
    ...eachWorkload(rendered, (workload) =>
      autoscalerOf(workload) !== undefined && workload.replicas !== undefined
        ? [inWorkload(workload, 'spec.replicas', 'an autoscaler decides this number', 'Leave replicas out.')]
        : [],
    ),
    ...eachOfKind<Autoscaler>(rendered, 'HorizontalPodAutoscaler', (scaler, overlay) => {
      const { scaleTargetRef, minReplicas = 1, maxReplicas } = scaler.spec;
      const measured = (scaler.spec.metrics ?? []).some((metric) =>
        JSON.stringify(metric).includes('"averageUtilization"'),
      );
      const target = overlay.resources.find(
        ({ kind, apiVersion, metadata }) =>
          kind === scaleTargetRef.kind &&
          apiVersion === scaleTargetRef.apiVersion &&
          metadata.name === scaleTargetRef.name &&
          metadata.namespace === scaler.metadata.namespace,
      );
      return [
        !target &&
          finding(
            overlay,
            scaler,
            'spec.scaleTargetRef',
            `there is no ${scaleTargetRef.kind} ${scaleTargetRef.name}`,
            'Name a workload of this namespace.',
          ),
        ...(scaler.spec.metrics ?? [])
          .map(({ containerResource }) => containerResource?.container)
          .filter(
            (name) => name !== undefined && target !== undefined && !containersIn(target).includes(name),
          )
          .map((name) =>
            finding(
              overlay,
              scaler,
              'spec.metrics',
              `${scaleTargetRef.name} has no container ${name}`,
              'Name one of its containers: nothing is measured otherwise, and it never grows.',
            ),
          ),
        !measured &&
          finding(
            overlay,
            scaler,
            'spec.metrics',
            'it measures nothing',
            'Write a metric with averageUtilization.',
          ),
        minReplicas > maxReplicas &&
          finding(
            overlay,
            scaler,
            'spec.minReplicas',
            'the fewest are more than the most',
            'Lower minReplicas.',
          ),
      ].filter((one) => one !== false);
    }),
  ],
};

const containersIn = (target: Resource): string[] =>
  (at(target, 'spec.template.spec.containers') as { name: string }[]).map(({ name }) => name);

type Deployment = {
  minReadySeconds?: number;
  progressDeadlineSeconds?: number;
  strategy?: {
    type?: string;
    rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string };
  };
};

export const rolloutsSafe: Check = {
  number: 26,
  name: 'a rollout takes nobody away before the next one is well',
  why: 'With the defaults a broken image takes a quarter of the pods down, and nobody is told that it hangs.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (workload.resource.kind !== 'Deployment') return [];
      const spec = workload.resource['spec'] as Deployment;
      const claims = (workload.pod.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim);
      const recreates = spec.strategy?.type === 'Recreate';
      const rolling = spec.strategy?.rollingUpdate;
      return [
        recreates &&
          (!claims || replicasOf(workload).max > 1) &&
          inWorkload(
            workload,
            'spec.strategy',
            'it is away while it is replaced',
            'Roll; Recreate is for one pod that owns a volume.',
          ),
        !recreates &&
          ![0, '0', '0%'].includes(rolling?.maxUnavailable ?? '25%') &&
          inWorkload(
            workload,
            'spec.strategy.rollingUpdate.maxUnavailable',
            'pods go before others are ready',
            'Write maxUnavailable: 0, and maxSurge: 1.',
          ),
        !recreates &&
          [0, '0', '0%'].includes(rolling?.maxSurge ?? '25%') &&
          inWorkload(
            workload,
            'spec.strategy.rollingUpdate.maxSurge',
            'no pod may come before one goes',
            'Write maxSurge: 1: with maxUnavailable 0 no rollout ever begins otherwise.',
          ),
        !(spec.progressDeadlineSeconds! > 0) &&
          inWorkload(
            workload,
            'spec.progressDeadlineSeconds',
            'nothing says when a rollout has failed',
            'Write progressDeadlineSeconds, above the longest start.',
          ),
        !(spec.minReadySeconds! > 0) &&
          inWorkload(
            workload,
            'spec.minReadySeconds',
            'a pod counts as well in the moment in which it is ready',
            'Write minReadySeconds: 5 or more.',
          ),
      ].filter((one) => one !== false);
    }),
};

export const probesSet: Check = {
  number: 27,
  name: 'startup, readiness and liveness are asked, and are not the same question',
  why: 'Without readiness visitors get pods that are not there yet; a liveness that asks the database restarts every pod with it.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (workload.ends) return [];
      const container = workload.pod.containers[0]!;
      const path = `${workload.path}.spec.containers[0]`;
      const ports = new Set(
        (container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]),
      );
      const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
      const question = (field: (typeof probes)[number]): string => {
        const { httpGet, tcpSocket, exec, grpc } = container[field] ?? {};
        return JSON.stringify({ httpGet, tcpSocket, exec, grpc });
      };
      return [
        ...probes
          .filter((field) => container[field] === undefined)
          .map((field) =>
            inWorkload(
              workload,
              `${path}.${field}`,
              `it has no ${field}`,
              'Ask /livez or /readyz of the ops port.',
            ),
          ),
        ...probes
          .filter((field) => {
            const { httpGet, tcpSocket, exec, grpc } = container[field] ?? { grpc: { port: 0 } };
            return [httpGet, tcpSocket, exec, grpc].filter((one) => one !== undefined).length !== 1;
          })
          .map((field) =>
            inWorkload(
              workload,
              `${path}.${field}`,
              'it asks nothing',
              'Write httpGet or tcpSocket, one of them.',
            ),
          ),
        ...probes
          .filter((field) => {
            const port = (container[field]?.httpGet ?? container[field]?.tcpSocket)?.port;
            return port !== undefined && !ports.has(port);
          })
          .map((field) =>
            inWorkload(
              workload,
              `${path}.${field}`,
              'it asks a port that the container does not have',
              `Name one of ${[...ports].filter((port) => typeof port === 'string').join(', ')}.`,
            ),
          ),
        ...(['readinessProbe', 'livenessProbe'] as const)
          .filter((field) => {
            const asked = container[field]?.httpGet?.path ?? '';
            return field === 'livenessProbe' ? asked.includes('readyz') : asked.includes('livez');
          })
          .map((field) =>
            inWorkload(
              workload,
              `${path}.${field}.httpGet.path`,
              'readiness and liveness are swapped',
              'Liveness asks /livez, readiness /readyz.',
            ),
          ),
        ...(container.readinessProbe &&
        container.livenessProbe &&
        question('readinessProbe') === question('livenessProbe') &&
        container.readinessProbe.httpGet !== undefined
          ? [
              inWorkload(
                workload,
                `${path}.livenessProbe`,
                'it asks what readiness asks',
                'Ask only whether the process itself is alive: /livez, or the port.',
              ),
            ]
          : []),
      ];
    }),
};

/** Seconds that what a container runs takes to end by itself, after preStop. */
const DRAIN: Record<string, number> = { backend: 15, frontend: 10 };

export const graceEnough: Check = {
  number: 28,
  name: 'who is told to end has the time to',
  why: 'Whatever is under way when the time is over is cut off: a request, a write, a checkpoint.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (workload.ends) return [];
      const { pod, path } = workload;
      const grace = pod.terminationGracePeriodSeconds;
      const needed = Math.max(
        ...pod.containers.map(({ image, lifecycle }) => {
          const drain = Object.entries(DRAIN).find(([name]) => image.includes(name))?.[1] ?? 5;
          return (lifecycle?.preStop?.sleep?.seconds ?? 0) + drain;
        }),
      );
      const waits = Math.max(
        ...pod.containers.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0),
      );
      const isReplaced = workload.resource.kind === 'Deployment' && replicasOf(workload).max > 1;
      return [
        (grace === undefined || grace <= needed) &&
          inWorkload(
            workload,
            `${path}.spec.terminationGracePeriodSeconds`,
            `it has ${grace ?? 'the default of 30'} s to end, and needs more than ${needed} s`,
            'Write terminationGracePeriodSeconds above preStop and drain together.',
          ),
        isReplaced &&
          waits === 0 &&
          workload.labels['homepage.dev/tier'] !== 'data' &&
          inWorkload(
            workload,
            `${path}.spec.containers[0].lifecycle`,
            'it stops while requests are still sent to it',
            'Write preStop.sleep of a few seconds: endpoints are told of at the same time, not before.',
          ),
      ].filter((one) => one !== false);
    }),
};

export const budgetsFit: Check = {
  number: 29,
  name: 'who has two pods or more keeps one in a drain, who has one blocks none',
  why: 'A budget of one pod of one stops every drain of its node; none takes all replicas at once.',
  run: (rendered) => {
    const budgets = (overlay: Overlay) =>
      ofKind<{ spec: { selector?: Selector; minAvailable?: number | string } }>(
        overlay,
        'PodDisruptionBudget',
      );
    return [
      ...eachWorkload(rendered, (workload) => {
        if (workload.ends || workload.resource.kind === 'DaemonSet') return [];
        const budget = budgets(workload.overlay).find(
          ({ metadata, spec }) =>
            metadata.namespace === workload.namespace && selects(spec.selector ?? {}, workload.labels),
        );
        const { min } = replicasOf(workload);
        const spread = (workload.pod.topologySpreadConstraints ?? []).some(
          ({ labelSelector, topologyKey }) =>
            topologyKey === 'kubernetes.io/hostname' &&
            // One that selects all pods of the namespace counts those of others, too.
            Object.keys(labelSelector?.matchLabels ?? {}).length > 0 &&
            selects(labelSelector!, workload.labels),
        );
        if (min >= 2 && !spread)
          return [
            inWorkload(
              workload,
              `${workload.path}.spec.topologySpreadConstraints`,
              'its pods may all be on one node',
              'Spread them by kubernetes.io/hostname, selecting its own labels.',
            ),
          ];
        if (min >= 2 && !budget)
          return [
            inWorkload(
              workload,
              '',
              `it has ${min} pods and no PodDisruptionBudget`,
              'Add one with maxUnavailable: 1.',
            ),
          ];
        return min < 2 && budget
          ? [
              finding(
                workload.overlay,
                budget,
                'spec.selector',
                `it selects ${workload.name}, which may have a single pod`,
                'Remove it: it blocks every drain of the node.',
              ),
            ]
          : [];
      }),
      ...eachOfKind<{ spec: { selector?: Selector; minAvailable?: number; maxUnavailable?: number } }>(
        rendered,
        'PodDisruptionBudget',
        (budget, overlay) => {
          const chosen = workloadsOf(overlay).filter(
            ({ namespace, labels }) =>
              namespace === budget.metadata.namespace && selects(budget.spec.selector ?? {}, labels),
          );
          const { maxUnavailable, minAvailable } = budget.spec;
          if (minAvailable !== undefined || maxUnavailable !== 1)
            return finding(
              overlay,
              budget,
              'spec.maxUnavailable',
              'it does not say that one may go at a time',
              'Write maxUnavailable: 1, and no minAvailable.',
            );
          return (
            chosen.length !== 1 &&
            finding(
              overlay,
              budget,
              'spec.selector',
              `it selects ${chosen.length === 0 ? 'no workload' : chosen.map(({ name }) => name).join(' and ')}`,
              'Select the pods of one workload.',
            )
          );
        },
      ),
    ];
  },
};

/** What must not run twice on one disk, and what people told us that there is. */
const SINGLE = ['postgresql', 'valkey', 'minio', 'vault', 'vault-bootstrap'];

export const replicasRight: Check = {
  number: 63,
  name: 'one of each that keeps data, two to three of each that does not',
  why: 'Two PostgreSQL on one volume are none; one API is away whenever it is replaced.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (workload.ends || isForSeveral(workload.overlay.name)) return [];
      const { min, max } = replicasOf(workload);
      const name = workload.labels['app.kubernetes.io/name'] ?? workload.name;
      if (SINGLE.includes(name) || workload.resource.kind === 'StatefulSet')
        return max === 1
          ? []
          : [
              inWorkload(
                workload,
                'spec.replicas',
                `it has ${max} pods on storage for one`,
                'Write replicas: 1.',
              ),
            ];
      const isSite =
        ['api', 'frontend'].includes(name) && workload.namespace === environments.prod?.namespace;
      return isSite && (min < 2 || max > 3)
        ? [
            inWorkload(
              workload,
              'spec.replicas',
              `it has ${min} to ${max} pods`,
              'Between 2 and 3, by its HorizontalPodAutoscaler.',
            ),
          ]
        : [];
    }),
};

export const labelsFit: Check = {
  number: 61,
  name: 'labels and selectors belong together',
  why: 'A workload that does not select its own pods makes them for ever; who has no tier is in no rule.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { labels, path, resource, overlay } = workload;
      const selector = at(resource, 'spec.selector') as Selector | undefined;
      const twin = workloadsOf(overlay).find(
        (other) =>
          other.resource !== resource &&
          other.namespace === workload.namespace &&
          selector !== undefined &&
          !workload.ends &&
          selects(selector, other.labels),
      );
      return [
        !workload.ends &&
          !selects(selector ?? {}, labels) &&
          inWorkload(
            workload,
            'spec.selector',
            'it does not select its own pods',
            `Select labels of ${path}.`,
          ),
        twin !== undefined &&
          inWorkload(
            workload,
            'spec.selector',
            `it selects the pods of ${twin.name}, too`,
            'Select by a label that only its own pods have.',
          ),
        ...['app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'homepage.dev/tier']
          .filter((label) => labels[label] === undefined)
          .map((label) =>
            inWorkload(workload, `${path}.metadata.labels`, `its pods have no label ${label}`, 'Add it.'),
          ),
        labels['homepage.dev/tier'] !== undefined &&
          !['public', 'app', 'data'].includes(labels['homepage.dev/tier']) &&
          inWorkload(
            workload,
            `${path}.metadata.labels`,
            `there is no tier "${labels['homepage.dev/tier']}"`,
            'Write public, app or data.',
          ),
      ].filter((one) => one !== false);
    }),
};
