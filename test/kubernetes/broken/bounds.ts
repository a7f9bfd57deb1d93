/** Of [checks/bounds.ts](../checks/bounds.ts). */
import { inPod, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 66,
    name: 'an hour to end',
    breaks: inPod('Deployment api', (pod) => (pod.terminationGracePeriodSeconds = 3600)),
    message: /it is 3600/,
  },
];
