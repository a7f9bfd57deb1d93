/** Of [checks/secrets.ts](../checks/secrets.ts). */
import { add, inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 31,
    name: 'a Secret with its data',
    breaks: add('dev', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'approle-api', namespace: 'homepage-dev' },
      stringData: { password: 'x' },
    }),
    message: /rendered with its data/,
  },
  {
    check: 31,
    name: 'an address with a password',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'DATABASE_URL', value: 'postgres://homepage:hunter2@postgresql/homepage' }),
    ),
    message: /looks like an address with a password/,
  },
  {
    check: 31,
    name: 'a password in a variable',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'SMTP_PASSWORD', value: 'hunter2' })),
    message: /the value of SMTP_PASSWORD is written here/,
  },
];
