/** Of [checks/several.ts](../checks/several.ts). */
import { add, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 76,
    name: 'a PostgreSQL of several without rules',
    breaks: add('dev', {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'postgresql', namespace: 'homepage-dev' },
      spec: { instances: 3, postgresql: { pg_hba: ['host all all all trust'] } },
    }),
    message: /it is \["host all all all trust"\], and not \["hostssl homepage homepage_owner/,
  },
  {
    check: 76,
    name: 'a PostgreSQL of several that nobody saves',
    breaks: add('dev', {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'postgresql', namespace: 'homepage-dev' },
      spec: { instances: 3 },
    }),
    message: /there is no ScheduledBackup postgresql/,
  },
];
