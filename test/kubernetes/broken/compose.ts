/** Of [checks/compose.ts](../checks/compose.ts). */
import { annotated, change, inContainer, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 56,
    name: 'another port than in docker compose',
    breaks: inContainer('Deployment api', ({ ports }) => (ports[1].containerPort = 3001)),
    message: /it has no port https of 3000/,
  },
  {
    check: 56,
    name: 'a variable of docker compose alone',
    breaks: inContainer('Deployment api', ({ env }) => (env[0].name = 'OPS_HSOT')),
    message: /the variable OPS_HOST is nowhere/,
  },
  {
    check: 56,
    name: 'a variable of production alone',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'LOG_LEVEL', value: 'info' })),
    message: /no counterpart of site\/api api variable LOG_LEVEL/,
  },
  {
    check: 56,
    name: 'a variable that no image sets any more',
    breaks: ({ compose }) => void (compose!.imageVariables['backend'] = []),
    message: /the variable HOST is nowhere/,
  },
  {
    check: 56,
    name: 'a secret file that nobody writes',
    breaks: annotated('Deployment api', 'agent-inject-secret-tls.pem'),
    message: /the variable DATABASE_URL is nowhere: no file tls\.pem/,
  },
  {
    check: 56,
    name: 'a secret file of production alone',
    breaks: annotated('Deployment api', 'agent-inject-secret-mail.json', 'kv/data/dev/mail'),
    message: /no counterpart of site\/api file mail\.json/,
  },
  {
    check: 56,
    name: 'a file that is lost from its ConfigMap',
    breaks: change('ConfigMap postgresql', ({ data }) => delete data['pg_hba.conf']),
    message: /the mount \.\/pg_hba\.conf is nowhere/,
  },
  {
    check: 56,
    name: 'a disk that is mounted elsewhere',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ volumeMounts }) => (volumeMounts[1].mountPath = '/data'),
    ),
    message: /the mount postgres-data is nowhere/,
  },
  {
    check: 56,
    name: 'another database than in production',
    breaks: ({ compose }) => void (compose!.images['POSTGRES_IMAGE'] = 'example.dev/mariadb'),
    message: /its image is example\.dev\/postgres, and example\.dev\/mariadb/,
  },
  {
    check: 56,
    name: 'a service of docker compose alone',
    breaks: ({ compose }) => void (compose!.services['mailpit'] = { image: 'mailpit' }),
    message: /it has no counterpart/,
  },
  {
    check: 56,
    name: 'a port that is new in docker compose',
    breaks: ({ compose }) => (compose!.services['postgres']!.ports = ['127.0.0.1:5432:5432']),
    message: /its port 5432 has no counterpart/,
  },
  {
    check: 56,
    name: 'a workload that is gone',
    breaks: remove('StatefulSet postgresql'),
    message: /there is no container site\/postgresql postgresql/,
  },
  {
    check: 56,
    name: 'a workload of production alone',
    breaks: change('Deployment valkey', ({ metadata }) => (metadata.name = 'memcached')),
    message: /no counterpart of site\/memcached/,
  },
  {
    check: 56,
    name: 'a reason for what is gone',
    breaks: ({ compose }) =>
      void compose!.onlyInProduction.push({ what: /^site\/kafka$/, why: 'no queue here' }),
    message: /nothing in production is/,
  },
];
