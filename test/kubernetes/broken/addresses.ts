/** Of [checks/addresses.ts](../checks/addresses.ts). */
import { inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 84,
    name: 'a Service that nobody has',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'VAULT_ADDR', value: 'https://vualt.vault.svc:8200' }),
    ),
    message: /there is no Service vualt in vault/,
  },
  {
    check: 84,
    name: 'a port that a Service has not',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_URL', value: 'valkeys://valkey:6380' }),
    ),
    message: /the Service valkey of homepage-dev has no port 6380/,
  },
];
