/** Of [checks/paths.ts](../checks/paths.ts). */
import { annotated, inContainer, inPod, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 77,
    name: 'a file that is mounted elsewhere',
    breaks: inContainer('StatefulSet vault', ({ args }) => (args[1] = '-config=/etc/valut/primary.hcl')),
    message: /vault is told \/etc\/valut\/primary\.hcl/,
  },
  {
    check: 77,
    name: 'a folder to write to that is the image’s',
    breaks: inContainer('Deployment valkey', ({ volumeMounts }) => (volumeMounts[1].mountPath = '/dtaa')),
    message: /valkey is told \/data/,
  },
  {
    check: 77,
    name: 'a secret file that no template writes',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'TLS_CERT_FILE', value: '/vault/secrets/tsl.crt' }),
    ),
    message: /api is told \/vault\/secrets\/tsl\.crt/,
  },
  {
    check: 77,
    name: 'a configuration that is not in its folder',
    breaks: inContainer('StatefulSet vault', ({ args }) => (args[1] = '-config=/etc/vault/bootstrap.hcl')),
    message: /told \/etc\/vault\/bootstrap\.hcl, and there is no such file/,
  },
  {
    check: 77,
    name: 'a configuration beside where it is looked for',
    breaks: inContainer(
      'Deployment frontend',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/etc/nginx/place.conf'),
    ),
    message: /\/etc\/nginx\/local\/place\.conf is missing/,
  },
  {
    check: 77,
    name: 'a folder that nobody reads',
    breaks: inContainer(
      'StatefulSet vault',
      ({ volumeMounts }) => (volumeMounts[3].mountPath = '/vault/tsl'),
    ),
    message: /nobody reads \/vault\/tsl/,
  },
  {
    check: 77,
    name: 'a folder that cannot be written to',
    breaks: inContainer('StatefulSet postgresql', ({ volumeMounts }) => volumeMounts.splice(2, 1)),
    message: /cannot write to \/var\/run\/postgresql/,
  },
  {
    check: 77,
    name: 'a secret that the agent does not write',
    breaks: annotated('Deployment valkey', 'agent-inject-secret-users.acl'),
    message: /told \/vault\/secrets\/users\.acl, and there/,
  },
  {
    check: 77,
    name: 'a key that its Secret has not',
    breaks: inPod('StatefulSet vault', ({ containers, volumes }) => {
      volumes.push({ name: 'keys', secret: { secretName: 'vault-bootstrap-keys' } });
      containers[0].volumeMounts.push({ name: 'keys', mountPath: '/vault/keys' });
      containers[0].env = [{ name: 'VAULT_CACERT', value: '/vault/keys/key' }];
    }),
    message: /told \/vault\/keys\/key, and/,
  },
];
