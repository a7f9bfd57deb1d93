/** Of [checks/identity.ts](../checks/identity.ts). */
import { add, change, inPod, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 9,
    name: 'the default account',
    breaks: inPod('Deployment api', (pod) => delete pod.serviceAccountName),
    message: /no service account of its own/,
  },
  {
    check: 9,
    name: 'an account that is not there',
    breaks: remove('ServiceAccount api'),
    message: /there is no ServiceAccount/,
  },
  {
    check: 9,
    name: 'an account of another one',
    breaks: inPod('Deployment frontend', (pod) => (pod.serviceAccountName = 'api')),
    message: /shares the service account api/,
  },
  {
    check: 9,
    name: 'a token',
    breaks: inPod('Deployment api', (pod) => (pod.automountServiceAccountToken = true)),
    message: /a token of the API server is mounted/,
  },
  {
    check: 10,
    name: 'a star',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => (rules[0].verbs = ['*'])),
    message: /verbs holds a star/,
  },
  {
    check: 10,
    name: 'everything',
    breaks: change(
      'ClusterRoleBinding vault-agent-injector',
      ({ roleRef }) => (roleRef.name = 'cluster-admin'),
    ),
    message: /binds ClusterRole cluster-admin/,
  },
  {
    check: 62,
    name: 'an account too many',
    breaks: add('dev', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'nobody', namespace: 'homepage-dev' },
      automountServiceAccountToken: false,
    }),
    message: /no workload uses it/,
  },
  {
    check: 10,
    name: 'every webhook',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => delete rules[0].resourceNames),
    message: /may patch all of them/,
  },
  {
    check: 10,
    name: 'an account without its rights',
    breaks: remove('ClusterRoleBinding vault-agent-injector'),
    message: /no binding gives it any right/,
  },
  {
    check: 9,
    name: 'no token where one is needed',
    breaks: inPod('Deployment vault-agent-injector', (pod) => (pod.automountServiceAccountToken = false)),
    message: /it has no token, and it renews the certificate/,
  },
  // What an outside reader of the manifests changed, and nobody saw.
  {
    check: 10,
    name: 'rights over a name that nobody has',
    breaks: change(
      'ClusterRole vault-agent-injector',
      ({ rules }) => (rules[0].resourceNames = ['vault-agent-injecter']),
    ),
    message: /there is no mutatingwebhookconfigurations vault-agent-injecter/,
  },
  {
    check: 9,
    name: 'a volume with a token that is not there',
    breaks: inPod('Deployment api', (pod) => {
      pod.volumes = pod.volumes.filter(({ name }: { name: string }) => name !== 'token');
    }),
    message: /unless it is told of a volume with one/,
  },
  {
    check: 10,
    name: 'a right that the injector needs',
    breaks: change('ClusterRole vault-agent-injector', ({ rules }) => rules[0].verbs.pop()),
    message: /it may not patch its webhook/,
  },
  {
    check: 10,
    name: 'rights over what is not there',
    breaks: change(
      'ClusterRole vault-agent-injector',
      ({ rules }) => (rules[0].resources = ['mutatingwebhookconfiguration']),
    ),
    message: /nothing of ours is mutatingwebhookconfiguration/,
  },
];
