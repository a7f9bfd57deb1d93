/** Of [checks/trust.ts](../checks/trust.ts). */
import { change, inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 82,
    name: 'everybody is a proxy',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'TRUSTED_PROXIES', value: '10.42.0.0/16,0.0.0.0/0' }),
    ),
    message: /it believes 0\.0\.0\.0\/0/,
  },
  {
    check: 82,
    name: 'everybody is Traefik',
    breaks: change('ConfigMap frontend-place', ({ data }) => (data['place.conf'] = 'set_real_ip_from ::/0;')),
    message: /it believes ::\/0/,
  },
  {
    check: 82,
    name: 'a server by any name',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'DATABASE_URL', value: 'postgres://postgresql:5432/homepage?sslmode=require' }),
    ),
    message: /with sslmode=require anybody may answer/,
  },
  {
    check: 82,
    name: 'Valkey without TLS',
    breaks: inContainer('Deployment api', ({ env }) =>
      env.push({ name: 'CACHE_URL', value: 'valkey://valkey:6379' }),
    ),
    message: /with valkey:\/\/ anybody may answer/,
  },
];
