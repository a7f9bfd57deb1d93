/** Of [checks/rollout.ts](../checks/rollout.ts). */
import type {} from '../resource.ts';
import { change, inContainer, inPod, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 25,
    name: 'replicas beside an autoscaler',
    breaks: change('Deployment api', ({ spec }) => (spec.replicas = 2)),
    message: /an autoscaler decides/,
  },
  {
    check: 25,
    name: 'an autoscaler of nothing',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => (spec.scaleTargetRef.name = 'apy')),
    message: /there is no Deployment apy/,
  },
  {
    check: 26,
    name: 'the default rollout',
    breaks: change('Deployment api', ({ spec }) => delete spec.strategy),
    message: /pods go before others are ready/,
  },
  {
    check: 26,
    name: 'a rollout without an end',
    breaks: change('Deployment api', ({ spec }) => delete spec.progressDeadlineSeconds),
    message: /nothing says when a rollout has failed/,
  },
  {
    check: 27,
    name: 'swapped probes',
    breaks: inContainer('Deployment api', (container) => {
      const { livenessProbe, readinessProbe } = container;
      Object.assign(container, { livenessProbe: readinessProbe, readinessProbe: livenessProbe });
    }),
    message: /are swapped/,
  },
  {
    check: 27,
    name: 'no startup probe',
    breaks: inContainer('Deployment api', (container) => delete container.startupProbe),
    message: /it has no startupProbe/,
  },
  {
    check: 27,
    name: 'one question twice',
    breaks: inContainer('Deployment vault-agent-injector', (container) => {
      container.readinessProbe = container.livenessProbe = { httpGet: { path: '/health', port: 'https' } };
    }),
    message: /asks what readiness asks/,
  },
  {
    check: 28,
    name: 'five seconds to end',
    breaks: inPod('Deployment api', (pod) => (pod.terminationGracePeriodSeconds = 5)),
    message: /it has 5 s to end/,
  },
  {
    check: 29,
    name: 'no budget',
    breaks: remove('PodDisruptionBudget api'),
    message: /no PodDisruptionBudget/,
  },
  {
    check: 29,
    name: 'a budget of one pod',
    breaks: change(
      'PodDisruptionBudget api',
      ({ spec }) => (spec.selector.matchLabels['app.kubernetes.io/name'] = 'postgresql'),
    ),
    message: /selects postgresql, which may have a single pod/,
  },
  {
    check: 61,
    name: 'pods of nobody',
    breaks: change(
      'Deployment api',
      ({ spec }) => (spec.template.metadata.labels['app.kubernetes.io/name'] = 'apy'),
    ),
    message: /does not select its own pods/,
  },
  {
    check: 61,
    name: 'no tier',
    breaks: change('Deployment api', ({ spec }) => delete spec.template.metadata.labels['homepage.dev/tier']),
    message: /no label homepage\.dev\/tier/,
  },
  {
    check: 63,
    name: 'two databases',
    breaks: change('StatefulSet postgresql', ({ spec }) => (spec.replicas = 2)),
    message: /2 pods on storage for one/,
  },
  {
    check: 25,
    name: 'an autoscaler that measures nothing',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => delete spec.metrics),
    message: /it measures nothing/,
  },
  {
    check: 29,
    name: 'all on one node',
    breaks: inPod('Deployment api', (pod) => delete pod.topologySpreadConstraints),
    message: /may all be on one node/,
  },
  {
    check: 27,
    name: 'a probe that asks nothing',
    breaks: inContainer('Deployment api', ({ livenessProbe }) => delete livenessProbe.httpGet),
    message: /it asks nothing/,
  },
  {
    check: 28,
    name: 'no wait before the end',
    breaks: inContainer('Deployment api', (container) => delete container.lifecycle),
    message: /stops while requests are still sent/,
  },
  {
    check: 25,
    name: 'a container that nobody has',
    breaks: change('HorizontalPodAutoscaler api', ({ spec }) => {
      spec.metrics = [{ type: 'ContainerResource', containerResource: { container: 'apy', name: 'cpu' } }];
    }),
    message: /api has no container apy/,
  },
];
