/** Of [checks/volumes.ts](../checks/volumes.ts). */
import { inPod, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 74,
    name: 'secrets on the disk of the node',
    breaks: inPod('StatefulSet postgresql', (pod) => {
      pod.volumes.push({ name: 'second', emptyDir: { sizeLimit: '1Mi' } });
      pod.containers[0].volumeMounts.push({ name: 'second', mountPath: '/reloader/secrets' });
    }),
    message: /"second" is on the disk of the node/,
  },
  {
    check: 74,
    name: 'a folder in memory that is larger than the container',
    breaks: inPod('Deployment frontend', ({ volumes }) => (volumes[0].emptyDir.sizeLimit = '1Gi')),
    message: /more than half of its memory/,
  },
  {
    check: 75,
    name: 'a disk of root',
    breaks: inPod('StatefulSet postgresql', ({ securityContext }) => delete securityContext.fsGroup),
    message: /no group that the disk is given to/,
  },
];
