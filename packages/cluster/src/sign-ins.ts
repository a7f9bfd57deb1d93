/** Who has a Secret to sign in to Vault with, in an environment: all of these a job renews, and nobody else's. */
import { identitiesIn, services } from '@homepage/vault';
import { shapeOf, type EnvironmentName } from './environments.ts';
import { reloaded } from './injection.ts';
import { workloadsIn, type Shape } from './workloads.ts';

/** Whom cert-manager signs in for: Issuers of base/ingress and of overlays/prod-ha/postgresql. */
const issuersIn = (shape: Shape): string[] =>
  services
    .filter(({ signedOnly }) => signedOnly === 'always' || (signedOnly === 'several' && shape === 'ha'))
    .map(({ name }) => name);

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
    ...issuersIn(shape),
  ]);
  return identitiesIn(environment)
    .map(({ name }) => name)
    .filter((name) => names.has(name));
}
