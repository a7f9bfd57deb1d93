/** Of [checks/references.ts](../checks/references.ts). */
import { annotated, inContainer, inPod, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 58,
    name: 'a ConfigMap that is not there',
    breaks: remove('ConfigMap valkey'),
    message: /there is no ConfigMap/,
  },
  {
    check: 58,
    name: 'a Secret that nobody makes',
    breaks: annotated('Deployment api', 'agent-extra-secret', 'aprole-api'),
    message: /there is no Secret/,
  },
  {
    check: 58,
    name: 'keys of encryption from a ConfigMap that nobody makes',
    breaks: inPod('CronJob backup', ({ containers }) => {
      containers[0].env = [
        {
          name: 'BACKUP_RECIPIENTS',
          valueFrom: { configMapKeyRef: { name: 'bakcup', key: 'recipients', optional: true } },
        },
      ];
    }),
    message: /nobody is told of the optional ConfigMap bakcup/,
  },
  {
    check: 58,
    name: 'a variable from a Secret that nobody makes',
    breaks: inContainer('StatefulSet vault', (container) => {
      container.env = [
        { name: 'VAULT_TOKEN', valueFrom: { secretKeyRef: { name: 'vault-sael-token', key: 'token' } } },
      ];
    }),
    message: /there is no Secret vault\/vault-sael-token/,
  },
  {
    check: 58,
    name: 'an optional Secret that nobody makes',
    breaks: inPod('CronJob backup-verify', ({ volumes, containers }) => {
      volumes.push({ name: 'identity', secret: { secretName: 'backup-idnetity', optional: true } });
      containers[0].volumeMounts.push({ name: 'identity', mountPath: '/backup/identity' });
    }),
    message: /nobody is told of the optional Secret backup-idnetity/,
  },
];
