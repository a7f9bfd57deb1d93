/** Names of servers, wherever they are written. */
import { finding, type Check } from '../finding.ts';
import { leaves, ofKind, onceOf, type Rendered, type Resource } from '../resource.ts';
import { eachResource } from './each.ts';

/** "vault.vault.svc:8200"; a pod's own name may stand before it */
const WITH_NAMESPACE =
  /([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.svc(?![a-z0-9-])(?:\.cluster\.local)?(?::(\d+))?/g;
/** "rediss://valkey:6379", "postgresql:5432/homepage" */
const IN_NAMESPACE = /(?:^|[a-z]:\/\/)([a-z][a-z0-9-]*):(\d+)(?=\/|$)/g;

type Named = { name: string; namespace: string | undefined; port: string | undefined };

/** Where a Vault would find others of its kind, which no Service leads to while it is alone. */
const OF_ITSELF = /^\s*cluster_addr\b.*$/gm;
/** Names that CloudNativePG makes beside those of ours: postgresql-rw, … */
const MADE = /^postgresql-(rw|ro|r)$/;

export const addressesThere: Check = {
  number: 84,
  name: 'an address names a Service that there is, and one of its ports',
  why: 'A name that nobody has is asked for ever, and a connection to a wrong port is never answered.',
  run: (rendered) => {
    const ports = portsOf(rendered);
    return eachResource(rendered, (resource, overlay) =>
      namesOf(resource).flatMap(({ path, name, namespace, port }) => {
        const known = ports.get(`${namespace}/${name}`);
        if (known && (port === undefined || known.has(Number(port)))) return [];
        const message = known
          ? `the Service ${name} of ${namespace} has no port ${port}`
          : `there is no Service ${name} in ${namespace}`;
        const fix = known ? `It has ${[...known].join(', ')}.` : 'Mend the name, or add the Service.';
        return [finding(overlay, resource, path, message, fix)];
      }),
    );
  },
};

/** What labels and policies select by is no address. */
const namesOf = onceOf((resource) =>
  resource.kind === 'NetworkPolicy'
    ? []
    : leaves(resource).flatMap(({ path, value }) =>
        typeof value !== 'string' || /^metadata\.(labels|name)/.test(path)
          ? []
          : namesIn(value.replace(OF_ITSELF, ''), resource).map((named) => ({ path, ...named })),
      ),
);

function namesIn(text: string, { metadata }: Resource): Named[] {
  const full = [...text.matchAll(WITH_NAMESPACE)].map(([, name, namespace, port]) => ({
    name: name!,
    namespace,
    port,
  }));
  const short = [...text.matchAll(IN_NAMESPACE)]
    .filter(([, name]) => name !== 'localhost')
    .map(([, name, port]) => ({ name: name!, namespace: metadata.namespace, port }));
  return [...full, ...short].filter(({ name }) => !MADE.test(name));
}

/** Ports of every Service, by "namespace/name". */
function portsOf({ overlays }: Rendered): Map<string, Set<number>> {
  const known = new Map<string, Set<number>>();
  for (const overlay of overlays)
    for (const { metadata, spec } of ofKind<{ spec: { ports?: { port: number }[] } }>(overlay, 'Service')) {
      const key = `${metadata.namespace}/${metadata.name}`;
      const all = known.get(key) ?? new Set();
      for (const { port } of spec.ports ?? []) all.add(port);
      known.set(key, all);
    }
  return known;
}
