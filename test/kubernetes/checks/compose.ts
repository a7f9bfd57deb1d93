/** deploy/compose beside production: test/deploy/counterparts.ts says what is what, and here it is looked up, both ways. */
import type { Counterpart, Place } from '../../deploy/counterparts.ts';
import type { Compose, ComposeService } from '../compose.ts';
import { environments } from '../expected.ts';
import { overall, type Check, type Finding } from '../finding.ts';
import {
  containersOf,
  isForSeveral,
  ofKind,
  workloadsOf,
  type Container,
  type Overlay,
  type Rendered,
  type Workload,
} from '../resource.ts';
import { PREFIX } from './annotations.ts';
import { inWorkload } from './each.ts';

const FIX = 'Mend it, or say in test/deploy/counterparts.ts where it is there, or why nowhere.';

export const composeIsProduction: Check = {
  number: 56,
  name: 'docker compose has the shape of production',
  why: 'What runs in development under other names, ports or files proves nothing about production.',
  run: ({ overlays, compose }: Rendered) => {
    if (!compose) return [];
    // It has one of each; where there are several they are compared with that one (76).
    const single = overlays.filter(({ name }) => !isForSeveral(name));
    return [
      ...composeKnown(compose),
      ...single.flatMap((overlay) => [...missingIn(overlay, compose), ...strangersIn(overlay, compose)]),
      ...idle(single, compose),
    ];
  },
};

const about = (service: string, message: string): Finding =>
  overall('-', `service ${service} of deploy/compose/compose.yaml`, message, FIX);

/** In compose, and not in the table; in the table, and not in compose. */
function composeKnown({ services, counterparts }: Compose): Finding[] {
  const names = new Set([...Object.keys(services), ...Object.keys(counterparts)]);
  return [...names].flatMap((name) => {
    const service = services[name];
    const counterpart = counterparts[name];
    if (!service || !counterpart)
      return [about(name, service ? 'it has no counterpart' : 'there is no such service')];
    const sides: [what: string, here: string[], table: string[]][] = [
      ['port', portsOf(service), Object.keys(counterpart.ports)],
      ['variable', Object.keys(service.environment ?? {}), Object.keys(counterpart.variables)],
      ['mount', mountsOf(service).map(({ source }) => source), Object.keys(counterpart.mounts)],
    ];
    return [
      ...(counterpart.containers.length === 0 && !counterpart.why ? [about(name, 'nothing says why')] : []),
      ...sides.flatMap(([what, here, table]) =>
        here
          .filter((one) => !table.includes(one))
          .map((one) => about(name, `its ${what} ${one} has no counterpart`)),
      ),
      // fromSource and the like are shared: what is too much there harms nobody. Ports and variables are each service's own.
      ...sides
        .filter(([what]) => what !== 'mount')
        .flatMap(([what, here, table]) =>
          table.filter((one) => !here.includes(one)).map((one) => about(name, `it has no ${what} ${one}`)),
        ),
    ];
  });
}

/** "127.0.0.1:${PORT:-5432}:5432" → "5432" */
const portsOf = ({ ports = [] }: ComposeService): string[] => ports.map((port) => port.split(':').at(-1)!);

const mountsOf = ({ volumes = [] }: ComposeService): { source: string; path: string }[] =>
  volumes.map((volume) => {
    const [source, path] = volume.split(':') as [string, string];
    return { source, path };
  });

/** The first part of all names of workloads in an overlay: "site" or "vault". */
const groupOf = ({ name }: Overlay): 'site' | 'vault' => (environments[name] ? 'site' : 'vault');

const namespaceOf = (overlay: Overlay): string => environments[overlay.name]?.namespace ?? 'vault';

const oursIn = (overlay: Overlay): Workload[] =>
  workloadsOf(overlay).filter(({ namespace }) => namespace === namespaceOf(overlay));

/** What compose has must be in the overlay. */
function missingIn(overlay: Overlay, compose: Compose): Finding[] {
  const workloads = oursIn(overlay);
  return Object.entries(compose.counterparts).flatMap(([service, counterpart]) => {
    const names = counterpart.containers.filter((name) => name.startsWith(`${groupOf(overlay)}/`));
    const here = compose.services[service];
    if (names.length === 0 || !here) return [];
    const found = names.map((name) => find(workloads, name));
    const lost = names.filter((_, at) => found[at] === undefined);
    const told = (message: string): Finding =>
      overall(overlay.name, names.join(', '), `${message} (${service} of docker compose)`, FIX);
    const known = found.filter((one) => one !== undefined);
    if (lost.length > 0 || known.length === 0)
      return lost.map((name) => told(`there is no container ${name}`));
    const all: Sought[] = [
      ...Object.entries(counterpart.variables).map(([name, place]) => ({ what: 'variable', name, place })),
      ...mountsOf(here).flatMap(({ source, path }) => {
        const place = counterpart.mounts[source];
        return place ? [{ what: 'mount', name: source, place, path }] : [];
      }),
    ];
    return [
      ...wrongPorts(counterpart, known[0]!).map(told),
      ...wrongImage(counterpart, here, known[0]!, compose).map(told),
      ...all
        .filter((one) => !known.some((found) => isThere(one, found, compose)))
        .map(({ what, name, place }) =>
          told(`the ${what} ${name} is nowhere: no ${Object.entries(place).flat().join(' ')}`),
        ),
    ];
  });
}

type Found = { workload: Workload; container: Container };

/** @param name "site/api api" */
function find(workloads: Workload[], name: string): Found | undefined {
  const [, workloadName, containerName] = /^\w+\/(\S+) (\S+)$/.exec(name)!;
  for (const workload of workloads.filter((one) => one.name === workloadName))
    for (const container of workload.pod.containers)
      if (container.name === containerName) return { workload, container };
  return undefined;
}

const wrongPorts = ({ ports }: Counterpart, { container }: Found): string[] =>
  Object.entries(ports)
    .filter(
      ([number, name]) =>
        !container.ports?.some((port) => port.name === name && port.containerPort === Number(number)),
    )
    .map(([number, name]) => `it has no port ${name} of ${number}`);

/** The same program, unless the table says why not. */
function wrongImage(
  { why }: Counterpart,
  here: ComposeService,
  { container }: Found,
  compose: Compose,
): string[] {
  const variable = /^\$\{(\w+):/.exec(here.image)?.[1] ?? '';
  const name = container.image.split('@')[0];
  if (why !== undefined || compose.images[variable] === name) return [];
  return [`its image is ${name}, and ${compose.images[variable]} in docker compose`];
}

/** Of one service. @property path where a mount is in its container */
type Sought = { what: string; name: string; place: Place; path?: string };

function isThere(
  { name: sought, place, path }: Sought,
  { workload, container }: Found,
  compose: Compose,
): boolean {
  if ('why' in place) return true;
  if ('variable' in place) return (container.env ?? []).some(({ name }) => name === place.variable);
  if ('image' in place) return compose.imageVariables[place.image]!.includes(sought);
  const names = partsOf(workload);
  if ('file' in place) return names.includes(`file ${place.file}`);
  if ('config' in place) return names.includes(`config ${place.config}`);
  if ('secret' in place) return names.includes(`secret ${place.secret}`);
  return (
    names.includes(`claim ${place.claim}`) &&
    (container.volumeMounts ?? []).some(({ name, mountPath }) => name === place.claim && mountPath === path)
  );
}

/** What a workload has besides its containers: "file tls.pem", "config postgresql/roles.sql", "secret vault-ca", "claim data". */
function partsOf({ annotations, pod, overlay, namespace, resource }: Workload): string[] {
  const files = Object.keys(annotations).flatMap((name) =>
    name.startsWith(`${PREFIX}agent-inject-secret-`)
      ? [`file ${name.slice(`${PREFIX}agent-inject-secret-`.length)}`]
      : [],
  );
  const maps = ofKind<{ data?: object }>(overlay, 'ConfigMap').filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  const mounted = (pod.volumes ?? []).flatMap(({ configMap, secret }) => [
    ...Object.keys(maps.find(({ metadata }) => metadata.name === configMap?.name)?.data ?? {}).map(
      (key) => `config ${withoutHash(configMap!.name!)}/${key}`,
    ),
    ...(secret ? [`secret ${secret.secretName}`] : []),
  ]);
  const { volumeClaimTemplates = [] } = resource['spec'] as {
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
  return [...files, ...mounted, ...volumeClaimTemplates.map(({ metadata }) => `claim ${metadata.name}`)];
}

/** Kustomize appends what a ConfigMap holds. */
const withoutHash = (name: string): string => name.replace(/-[a-z0-9]{10}$/, '');

type Item = { text: string; workload: Workload; path: string };

/** Everything that production has: "site/api", "site/api api", "site/api api port ops", "site/api file tls.pem". */
function itemsOf(overlay: Overlay): Item[] {
  return oursIn(overlay).flatMap((workload) => {
    const name = `${groupOf(overlay)}/${workload.name}`;
    return [
      { text: name, workload, path: '' },
      ...partsOf(workload).map((part) => ({ text: `${name} ${part}`, workload, path: workload.path })),
      ...containersOf(workload).flatMap(({ container, path }) => [
        { text: `${name} ${container.name}`, workload, path },
        ...(container.ports ?? []).map((port) => ({
          text: `${name} ${container.name} port ${port.name}`,
          workload,
          path: `${path}.ports`,
        })),
        ...(container.env ?? []).map((variable) => ({
          text: `${name} ${container.name} variable ${variable.name}`,
          workload,
          path: `${path}.env`,
        })),
      ]),
    ];
  });
}

/** What the table names of production. */
function namedIn({ counterparts }: Compose): Set<string> {
  return new Set(
    Object.values(counterparts).flatMap(({ containers, ports, variables, mounts }) =>
      containers.flatMap((container) => {
        const workload = container.split(' ')[0]!;
        const places = [...Object.values(variables), ...Object.values(mounts)];
        return [
          workload,
          container,
          ...Object.values(ports).map((port) => `${container} port ${port}`),
          ...places.flatMap((place) =>
            'variable' in place
              ? [`${container} variable ${place.variable}`]
              : Object.entries(place).map(([what, name]) => `${workload} ${what} ${name}`),
          ),
        ];
      }),
    ),
  );
}

/** What the overlay has must be in compose, or there is a reason. */
function strangersIn(overlay: Overlay, compose: Compose): Finding[] {
  const named = namedIn(compose);
  return itemsOf(overlay)
    .filter(({ text }) => !named.has(text) && !compose.onlyInProduction.some(({ what }) => what.test(text)))
    .map(({ text, workload, path }) =>
      inWorkload(workload, path, `docker compose has no counterpart of ${text}`, FIX),
    );
}

/** Reasons for what is nowhere any more. */
function idle(overlays: Overlay[], { onlyInProduction }: Compose): Finding[] {
  const items = overlays.flatMap(itemsOf);
  return onlyInProduction
    .filter(({ what }) => !items.some(({ text }) => what.test(text)))
    .map(({ what }) =>
      overall(
        '-',
        'test/deploy/counterparts.ts',
        `nothing in production is ${what.source}`,
        'Remove the row.',
      ),
    );
}
