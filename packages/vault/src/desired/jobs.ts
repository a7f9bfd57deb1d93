/**
 * What runs by itself and looks after Vault: each signs in as a service does, and has no certificate and reads no secret.
 * Rights: deploy/vault/policies/<job>.hcl, tested against this table (`homepage vault policy test`).
 */
import { rolePath } from './environment.ts';
import { services } from './services.ts';

export type Job = {
  name: string;
  use: string;
  /** those that have one of their own; a name that is not here has none */
  environments: readonly string[];
  /** all that it may do, besides ending its own token */
  may: (environment: string) => { path: string; verbs: string[] }[];
};

/** Stands beside Vault and not in an environment, and renews itself: whoever has the other job takes no snapshots. */
const SNAPSHOT = 'snapshot';

export const jobs: Job[] = [
  {
    name: 'secret-ids',
    use: 'Makes what every service of its environment and itself signs in with, every day.',
    environments: ['dev', 'prod'],
    may: (environment) =>
      everybody.filter((name) => name !== SNAPSHOT).flatMap((name) => signInFor(environment, name)),
  },
  {
    name: SNAPSHOT,
    use: 'Reads everything that the primary holds, closed as it is on its disk.',
    // There is one primary for all, so one of these.
    environments: ['prod'],
    may: (environment) => [
      { path: 'sys/storage/raft/snapshot', verbs: ['read'] },
      ...signInFor(environment, SNAPSHOT),
    ],
  },
];

/** What it takes to make what somebody signs in with. */
function signInFor(environment: string, name: string): ReturnType<Job['may']> {
  const role = rolePath(environment, name);
  return [
    { path: `${role}/role-id`, verbs: ['read'] },
    { path: `${role}/secret-id`, verbs: ['update'] },
  ];
}

/** Services and jobs, whether an environment has the job or not. */
export const everybody: string[] = [...services, ...jobs].map(({ name }) => name);

export const jobsOf = (environment: string): Job[] =>
  jobs.filter(({ environments }) => environments.includes(environment));

/** Who signs in there: services, then jobs. */
export const identitiesOf = (environment: string): string[] => [
  ...services.map(({ name }) => name),
  ...jobsOf(environment).map(({ name }) => name),
];
