/** Ways between two parts on which nothing arrives any more. */
import { drillOf } from './under-load.ts';

const PAIRS: [one: string, other: string, names: string][] = [
  ['api-1', 'nginx', 'nginx and one replica'],
  ['api-1', 'postgresql', 'one replica and PostgreSQL'],
  ['api-1', 'valkey', 'one replica and Valkey'],
  ['api-1', 'minio', 'one replica and MinIO'],
];

export const networks = PAIRS.map(([one, other, names]) =>
  drillOf({
    name: `cut-${one}-${other}`,
    about: `The network between ${names} is cut: what is sent is lost in silence.`,
    network: true,
    seconds: { short: 5, full: 25 },
    async make({ platform: { hosts }, network, hold, over }) {
      network.cut(hosts.get(one)!, hosts.get(other)!);
      await hold();
      over();
      network.mend();
    },
  }),
);
