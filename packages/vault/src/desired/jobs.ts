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

export const jobs: Job[] = [
  {
    name: 'secret-ids',
    use: 'Makes what every service and job of its environment signs in with, every day.',
    environments: ['dev', 'prod'],
    may: (environment) =>
      everybody.flatMap((name) => [
        { path: `${rolePath(environment, name)}/role-id`, verbs: ['read'] },
        { path: `${rolePath(environment, name)}/secret-id`, verbs: ['update'] },
      ]),
  },
  {
    name: 'snapshot',
    use: 'Reads everything that the primary holds, closed as it is on its disk.',
    // There is one primary for all, so one of these; it stands beside Vault and not in an environment, and renews itself.
    environments: ['prod'],
    may: (environment) => [
      { path: 'sys/storage/raft/snapshot', verbs: ['read'] },
      { path: `${rolePath(environment, 'snapshot')}/role-id`, verbs: ['read'] },
      { path: `${rolePath(environment, 'snapshot')}/secret-id`, verbs: ['update'] },
    ],
  },
];

/** Services and jobs, whether an environment has the job or not. */
export const everybody: string[] = [...services, ...jobs].map(({ name }) => name);

export const jobsOf = (environment: string): Job[] =>
  jobs.filter(({ environments }) => environments.includes(environment));

/** Who signs in there: services, then jobs. */
export const identitiesOf = (environment: string): string[] => [
  ...services.map(({ name }) => name),
  ...jobsOf(environment).map(({ name }) => name),
];
