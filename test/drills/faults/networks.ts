/** Ways between parts on which nothing arrives any more. */
import { drillOf } from './under-load.ts';

const BOTH = ['api-1', 'api-2'];

type Cut = { name: string; between: string; ones: string[]; other: string };

const cuts: Cut[] = [
  { name: 'api-1-nginx', between: 'one replica and nginx', ones: ['api-1'], other: 'nginx' },
  { name: 'api-1-postgresql', between: 'one replica and PostgreSQL', ones: ['api-1'], other: 'postgresql' },
  { name: 'api-1-valkey', between: 'one replica and Valkey', ones: ['api-1'], other: 'valkey' },
  { name: 'api-1-minio', between: 'one replica and MinIO', ones: ['api-1'], other: 'minio' },
  { name: 'postgresql', between: 'both replicas and PostgreSQL', ones: BOTH, other: 'postgresql' },
  { name: 'valkey', between: 'both replicas and Valkey', ones: BOTH, other: 'valkey' },
];

export const networks = cuts.map(({ name, between, ones, other }) =>
  drillOf({
    name: `cut-${name}`,
    about: `The network between ${between} is cut: what is sent is lost in silence.`,
    network: true,
    seconds: { short: 5, full: 25 },
    async make({ platform: { hosts }, network, hold, over }) {
      for (const one of ones) network.cut(hosts.get(one)!, hosts.get(other)!);
      await hold();
      over();
      network.mend();
    },
  }),
);
