/** What the API server refuses by rules that its OpenAPI document does not tell. */
import { finding, type Check, type Finding } from '../finding.ts';
import { PROBES } from '../programs/index.ts';
import { containersOf, workloadsOf, type Resource } from '../resource.ts';
import { eachOfKind, eachOverlay, eachResource, inWorkload } from './each.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/ */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/;
/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports: with a letter, at most 15 */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;
/** It has colons, too: "system:auth-delegator". */
const FREE = /^(Cluster)?Role(Binding)?$/;

export const formRight: Check = {
  number: 87,
  name: 'names, labels, ports and probes have a form that the API server takes',
  why: 'It refuses the resource, in the middle of a rollout.',
  run: (rendered) => [
    ...eachResource(rendered, (resource, overlay) => [
      ...(FREE.test(resource.kind) || SUBDOMAIN.test(resource.metadata.name)
        ? []
        : [
            finding(
              overlay,
              resource,
              'metadata.name',
              `it is called "${resource.metadata.name}"`,
              'Write a-z, 0-9 and -.',
            ),
          ]),
      ...[...labelsIn(resource)]
        .filter(({ value }) => !LABEL_VALUE.test(value))
        .map(({ path, value }) =>
          finding(
            overlay,
            resource,
            path,
            `"${value}" cannot be a label`,
            'Write letters, digits, -, _ and ., 63 at most.',
          ),
        ),
    ]),
    ...eachOverlay(rendered, (overlay) =>
      workloadsOf(overlay).flatMap((workload) =>
        containersOf(workload).flatMap(({ container, path }): Finding[] => [
          ...(LABEL.test(container.name)
            ? []
            : [
                inWorkload(
                  workload,
                  `${path}.name`,
                  `it is called "${container.name}"`,
                  'Write a-z, 0-9 and -.',
                ),
              ]),
          ...(container.ports ?? [])
            .filter(({ name }) => name !== undefined && !PORT_NAME.test(name))
            .map(({ name }) =>
              inWorkload(
                workload,
                `${path}.ports`,
                `a port is called "${name}"`,
                'Write a-z, 0-9 and -, 15 at most.',
              ),
            ),
          ...(container.ports ?? [])
            .filter(({ containerPort }) => !isPort(containerPort))
            .map(({ containerPort }) =>
              inWorkload(workload, `${path}.ports`, `there is no port ${containerPort}`, 'Write 1 to 65535.'),
            ),
          // One success is enough for the other two, by its rule.
          ...PROBES.filter(
            (field) =>
              field !== 'readinessProbe' && ![undefined, 1].includes(container[field]?.successThreshold),
          ).map((field) =>
            inWorkload(workload, `${path}.${field}.successThreshold`, 'it must be 1', 'Remove it.'),
          ),
        ]),
      ),
    ),
    ...eachOfKind<{ spec: { ports?: { name?: string; port: number }[] } }>(
      rendered,
      'Service',
      (service, overlay) =>
        (service.spec.ports ?? [])
          .filter(({ name = 'x', port }) => !LABEL.test(name) || !isPort(port))
          .map(({ name, port }) =>
            finding(
              overlay,
              service,
              'spec.ports',
              `a port is ${port}, called "${name}"`,
              'Write a-z, 0-9 and -.',
            ),
          ),
    ),
  ],
};

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port <= 65_535;

function* labelsIn(value: unknown, path = ''): Generator<{ path: string; value: string }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key;
    if (/^(labels|matchLabels)$/.test(key) && inner !== null)
      for (const [name, text] of Object.entries(inner as Resource['metadata']['labels'] & object))
        yield { path: `${here}.${name}`, value: String(text) };
    else yield* labelsIn(inner, here);
  }
}
