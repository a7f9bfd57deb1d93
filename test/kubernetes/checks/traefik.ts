/**
 * The settings of K3s' Traefik are a text for Helm inside of a HelmChartConfig, which no schema of Kubernetes reads. What may be
 * in it is written here from the documentation of the chart: https://github.com/traefik/traefik-helm-chart (traefik/VALUES.md).
 * Only what is used: a new setting is a new line here.
 */
import { parse } from 'yaml';
import { finding, type Check } from '../finding.ts';
import { at } from '../resource.ts';
import { nearest } from '../schemas/validate.ts';
import { eachOfKind } from './each.ts';

/** true: any value */
type Shape = { [name: string]: Shape | true };

const port: Shape = {
  forwardedHeaders: { trustedIPs: true },
  transport: { respondingTimeouts: { readTimeout: true, writeTimeout: true, idleTimeout: true } },
};
const values: Shape = {
  service: { spec: { externalTrafficPolicy: true } },
  providers: { kubernetesCRD: { allowCrossNamespace: true } },
  ports: { web: port, websecure: port },
};

export const traefikSettings: Check = {
  number: 73,
  name: 'settings of Traefik are ones that its chart has, and the visitor’s address stays',
  why: 'Helm takes any name and drops it; without Local every visitor has the address of the node.',
  run: (rendered) =>
    eachOfKind<{ spec: { valuesContent?: string } }>(rendered, 'HelmChartConfig', (config, overlay) => {
      const given = parse(config.spec.valuesContent ?? '{}') as unknown;
      const report = (message: string, fix: string) =>
        finding(overlay, config, 'spec.valuesContent', message, fix);
      return [
        ...strangers(given, values, '').map(([path, fix]) =>
          report(`the chart has no "${path}" that we know`, fix),
        ),
        ...(at(given, 'service.spec.externalTrafficPolicy') === 'Local'
          ? []
          : [report('visitors lose their address', 'Write service.spec.externalTrafficPolicy: Local.')]),
        ...['web', 'websecure']
          .filter((point) => asList(at(given, `ports.${point}.forwardedHeaders.trustedIPs`)).length > 0)
          .map((point) =>
            report(
              `who comes to ${point} may say that they are somebody else`,
              'Write trustedIPs: []: nobody stands before Traefik.',
            ),
          ),
        ...(at(given, 'providers.kubernetesCRD.allowCrossNamespace') === true
          ? [report('a route may use middlewares of others', 'Write allowCrossNamespace: false.')]
          : []),
      ];
    }),
};

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** @returns names that the shape does not have, with what to do */
function strangers(given: unknown, shape: Shape, path: string): [path: string, fix: string][] {
  return Object.entries((given ?? {}) as Record<string, unknown>).flatMap(([name, inner]) => {
    const known = shape[name];
    const here = path ? `${path}.${name}` : name;
    if (known === true) return [];
    if (known) return strangers(inner, known, here);
    const near = nearest(name, Object.keys(shape));
    return [
      [here, near ? `Did you mean "${near}"?` : 'Add it to checks/traefik.ts, from its documentation.'],
    ];
  });
}
