/** Who has a Secret to sign in to Vault with, in an environment: all of these a job renews, and nobody else's. */
import { identitiesIn } from '@homepage/vault';
import { shapeOf, type EnvironmentName } from './environments.ts';
import { reloaded } from './injection.ts';
import { workloadsIn, type Shape } from './workloads.ts';

/** Whom cert-manager signs in for: Issuers of base/ingress and of overlays/prod-ha/postgresql. */
const issuers: { name: string; only?: Shape }[] = [
  { name: 'traefik' },
  { name: 'postgresql-instance', only: 'ha' },
  { name: 'postgresql-replica', only: 'ha' },
];

/** Names as Vault's tables have them, the job itself first. */
export function signInsOf(environment: EnvironmentName, cluster: Shape): string[] {
  const shape = shapeOf(environment, cluster);
  const here = workloadsIn(shape);
  const names = new Set([
    'secret-ids',
    ...here.flatMap(({ vault }) => vault ?? []),
    ...reloaded
      .filter((server) => here.some(({ name }) => name === server))
      .map((server) => `${server}-reloader`),
    ...issuers.filter(({ only }) => only === undefined || only === shape).map(({ name }) => name),
  ]);
  return identitiesIn(environment)
    .map(({ name }) => name)
    .filter((name) => names.has(name));
}
