/** Of [checks/pods.ts](../checks/pods.ts). */
import { annotated, change, inContainer, inPod, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 2,
    name: 'a tag',
    breaks: inContainer(
      'Deployment api',
      (container) => (container.image = 'example.dev/homepage-backend:prod'),
    ),
    message: /has no digest/,
  },
  {
    check: 2,
    name: 'an image that is not locked',
    breaks: (rendered) => void (rendered.images = new Set([`example.dev/vault@sha256:${'0'.repeat(64)}`])),
    message: /deploy\/images\.lock has no example\.dev/,
  },
  {
    check: 3,
    name: 'a namespace without Pod Security',
    breaks: change('Namespace vault', ({ metadata }) => delete metadata.labels),
    message: /no label pod-security/,
  },
  {
    check: 3,
    name: 'privileged',
    breaks: change(
      'Namespace vault',
      ({ metadata }) => (metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged'),
    ),
    message: /it enforces "privileged"/,
  },
  {
    check: 4,
    name: 'root',
    breaks: inPod('Deployment api', ({ securityContext }) => (securityContext.runAsUser = 0)),
    message: /runAsUser is no number above 0/,
  },
  {
    check: 4,
    name: 'a container of its own opinion',
    breaks: inContainer('Deployment api', ({ securityContext }) => (securityContext.runAsNonRoot = false)),
    message: /runAsNonRoot is not true/,
  },
  {
    check: 5,
    name: 'a capability',
    breaks: inContainer(
      'Deployment frontend',
      ({ securityContext }) => (securityContext.capabilities.add = ['NET_BIND_SERVICE']),
    ),
    message: /capabilities are added/,
  },
  {
    check: 5,
    name: 'a root that can be written',
    breaks: inContainer(
      'Deployment frontend',
      ({ securityContext }) => delete securityContext.readOnlyRootFilesystem,
    ),
    message: /its root can be written/,
  },
  {
    check: 6,
    name: 'a mount of nothing',
    breaks: inPod('Deployment frontend', (pod) => (pod.volumes = [])),
    message: /mounts the volume "tmp", which is not there/,
  },
  {
    check: 6,
    name: 'an emptyDir without a size',
    breaks: inPod('Deployment frontend', ({ volumes }) => delete volumes[0].emptyDir.sizeLimit),
    message: /has no sizeLimit/,
  },
  {
    check: 7,
    name: 'no memory limit',
    breaks: inContainer('Deployment api', ({ resources }) => delete resources.limits),
    message: /limits\.memory is not set/,
  },
  {
    check: 7,
    name: 'an agent of the default size',
    breaks: annotated('Deployment api', 'agent-requests-mem'),
    message: /agent-requests-mem is not set/,
  },
  {
    check: 20,
    name: 'a NodePort',
    breaks: change('Service api', ({ spec }) => (spec.type = 'NodePort')),
    message: /it is a NodePort/,
  },
  {
    check: 20,
    name: 'a folder of the node',
    breaks: inPod('Deployment api', ({ volumes }) => volumes.push({ name: 'x', hostPath: { path: '/' } })),
    message: /is \/ of the node/,
  },
  {
    check: 20,
    name: 'the network of the node',
    breaks: inPod('Deployment api', (pod) => (pod.hostNetwork = true)),
    message: /hostNetwork is true/,
  },
  {
    check: 30,
    name: 'a shell',
    breaks: inContainer('Deployment api', (container) => {
      container.livenessProbe = { exec: { command: ['sh', '-c', 'true'] } };
    }),
    message: /it runs sh/,
  },
  {
    check: 6,
    name: 'a volume of nothing',
    breaks: inPod('Deployment frontend', ({ volumes }) => delete volumes[0].emptyDir),
    message: /nothing says what the volume/,
  },
  {
    check: 6,
    name: 'a folder in place of a file',
    breaks: inPod('StatefulSet vault', ({ containers }) => {
      containers[0].volumeMounts[0].mountPath = '/etc/vault/primary.hcl';
    }),
    message: /is a folder where a file must be/,
  },
];
