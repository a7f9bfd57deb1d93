/** Of [checks/form.ts](../checks/form.ts). */
import { change, inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 87,
    name: 'a port with a name that is too long',
    breaks: inContainer('Deployment api', ({ ports }) => (ports[0].name = 'operations-and-metrics')),
    message: /a port is called "operations-and-metrics"/,
  },
  {
    check: 87,
    name: 'a label of two words',
    breaks: change(
      'Service api',
      ({ metadata }) => (metadata.labels['app.kubernetes.io/component'] = 'the API'),
    ),
    message: /"the API" cannot be a label/,
  },
  {
    check: 87,
    name: 'liveness that must succeed twice',
    breaks: inContainer('Deployment api', ({ livenessProbe }) => (livenessProbe.successThreshold = 2)),
    message: /it must be 1/,
  },
];
