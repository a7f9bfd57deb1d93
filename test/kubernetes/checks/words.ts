/** Fields without a schema that take one of a few words, and routes of port 80. */
import { peerNamed } from '@homepage/cluster';
import { finding, type Check, type Finding } from '../finding.ts';
import { ofKind, workloadsOf, type Overlay, type Resource } from '../resource.ts';
import { eachOfKind, eachOverlay, eachResource } from './each.ts';

const entryPoints = Object.keys(peerNamed('traefik', 'single').ports);
const LEVEL = /^(privileged|baseline|restricted)$/;
const VERSION = /^(latest|v1\.\d+)$/;

/** Of labels and annotations, by those who read them; what else is written there is text. */
const WORDS: Record<string, RegExp> = {
  // https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
  'argocd.argoproj.io/hook-delete-policy': /^(HookSucceeded|HookFailed|BeforeHookCreation)$/,
  'argocd.argoproj.io/sync-options': /^Prune=false$/,
  ...Object.fromEntries(
    ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, LEVEL],
      [`pod-security.kubernetes.io/${mode}-version`, VERSION],
    ]),
  ),
  'traefik.ingress.kubernetes.io/router.entrypoints': /^websecure$/,
  'traefik.ingress.kubernetes.io/service.serversscheme': /^https$/,
  'homepage.dev/vault-injection': /^enabled$/,
};

const HOOK = 'argocd.argoproj.io/hook';

export const wordsKnown: Check = {
  number: 85,
  name: 'labels and annotations have values that their readers know, and jobs are made anew by each sync',
  why: 'A hook before the sync waits for a database that the sync would make: the first one never ends.',
  run: (rendered) => [
    ...eachResource(rendered, (resource, overlay) =>
      [
        ...Object.entries(resource.metadata.annotations ?? {}),
        ...Object.entries(resource.metadata.labels ?? {}),
      ]
        .filter(([key, value]) => WORDS[key] !== undefined && !WORDS[key].test(value))
        .map(([key, value]) =>
          finding(
            overlay,
            resource,
            'metadata',
            `nobody knows ${key}: ${value}`,
            `It takes ${WORDS[key]!.source}.`,
          ),
        ),
    ),
    ...eachOverlay(rendered, (overlay) =>
      workloadsOf(overlay)
        .filter(({ resource }) => resource.kind === 'Job')
        .flatMap(({ resource }) => {
          const { annotations = {} } = resource.metadata;
          return [
            annotations[HOOK] !== 'Sync' &&
              finding(
                overlay,
                resource,
                'metadata.annotations',
                `${HOOK} is ${annotations[HOOK] ?? 'missing'}`,
                'Write Sync: with what it needs, and not before that is there.',
              ),
            annotations[`${HOOK}-delete-policy`] !== 'BeforeHookCreation' &&
              finding(
                overlay,
                resource,
                'metadata.annotations',
                'the job of before is in its way',
                `Write ${HOOK}-delete-policy: BeforeHookCreation.`,
              ),
          ].filter((one) => one !== false);
        }),
    ),
  ],
};

type Route = Resource<{
  spec: {
    entryPoints?: string[];
    routes?: {
      match?: string;
      priority?: number;
      middlewares?: { name: string; namespace?: string }[];
      services?: { name: string; kind?: string }[];
    }[];
  };
}>;

/** Host(`…`) && PathPrefix(`/.well-known/acme-challenge/…`) is longer, and what is longer comes first. */
const BELOW_CHALLENGES = 40;

export const portEightyRedirects: Check = {
  number: 86,
  name: 'port 80 sends everybody to HTTPS, and Let’s Encrypt’s questions come first',
  why: 'A route that takes all of port 80 before them ends every renewal; without one port 80 says nothing.',
  run: (rendered) =>
    eachOfKind<object>(rendered, 'IngressRoute', (one, overlay) => {
      const route = one as Route;
      const { entryPoints: points = [], routes = [] } = route.spec;
      const report = (path: string, message: string, fix: string): Finding =>
        finding(overlay, route, `spec.${path}`, message, fix);
      return [
        ...(points.length === 0
          ? [report('entryPoints', 'it is on every port', 'Write which one.')]
          : points
              .filter((point) => !entryPoints.includes(point))
              .map((point) =>
                report(
                  'entryPoints',
                  `Traefik has no entry point ${point}`,
                  `It has ${entryPoints.join(', ')}.`,
                ),
              )),
        ...(routes.length === 0 ? [report('routes', 'it leads nowhere', 'Write a route.')] : []),
        ...routes.flatMap(
          ({ match = '', priority = match.length, services: to = [], middlewares = [] }, index) => {
            const path = `routes[${index}]`;
            const redirects = middlewares.map(({ name, namespace }) =>
              redirectNamed(overlay, name, namespace ?? route.metadata.namespace),
            );
            return [
              match !== 'PathPrefix(`/`)' &&
                report(`${path}.match`, `not all of port 80 is ${match}`, 'Write PathPrefix(`/`).'),
              priority > BELOW_CHALLENGES &&
                report(
                  `${path}.priority`,
                  'it comes before the questions of Let’s Encrypt',
                  'Write 1, or leave it out: the longer rule comes first then.',
                ),
              to.map(({ name }) => name).join() !== 'noop@internal' &&
                report(`${path}.services`, 'it leads somewhere without TLS', 'Write noop@internal.'),
              !(redirects.length === 1 && redirects[0] === 'https permanent') &&
                report(
                  `${path}.middlewares`,
                  `visitors are not sent to HTTPS for good (${redirects.join() || 'no middleware'})`,
                  'Name the Middleware with redirectScheme, https and permanent.',
                ),
            ].filter((found) => found !== false);
          },
        ),
      ];
    }),
};

/** "https permanent"; or that there is none. */
function redirectNamed(overlay: Overlay, name: string, namespace: string | undefined): string {
  const found = ofKind<{ spec: { redirectScheme?: { scheme?: string; permanent?: boolean } } }>(
    overlay,
    'Middleware',
  ).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!found) return `there is no Middleware ${name}`;
  const { scheme, permanent } = found.spec.redirectScheme ?? {};
  return `${scheme ?? 'nowhere'}${permanent ? ' permanent' : ''}`;
}
