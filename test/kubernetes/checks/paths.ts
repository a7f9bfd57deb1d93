/** Paths: what a program is told of is there, and what is there it is told of. */
import type { Check } from '../finding.ts';
import { programOf, PROBES, wordsOf } from '../programs/index.ts';
import { ofKind, type Container, type Volume, type Workload } from '../resource.ts';
import { keysOf } from './references.ts';
import { eachContainer, inWorkload } from './each.ts';
import { isInjected } from './pods.ts';

/** Where something is mounted. files: paths below it; undefined: any, it is written there. */
type Place = { path: string; files?: Map<string, string | undefined> };

/** An absolute path, and not the end of an address or of a relative one. */
const PATH = /(?<![\w:/.$)}\]-])\/(?![/*])[\w.$(){}-]+(?:\/[\w.$(){}-]+)*/g;
/** What every image has, or the kernel. */
const EVERYWHERE = /^\/(usr|bin|proc|sys|dev\/(null|std\w+))(\/|$)/;
const SECRETS = '/vault/secrets';

const pathsIn = (text: string): string[] => text.match(PATH) ?? [];
const withoutComments = (text: string): string =>
  text.replace(/\{\{-? \/\*[\s\S]*?\*\/ -?\}\}/g, '').replace(/^\s*(#|--).*$/gm, '');

/** Texts of the files of a volume, by their paths in it; values are known of ConfigMaps alone. */
function filesOf(
  volume: Volume,
  { overlay, namespace }: Workload,
): Map<string, string | undefined> | undefined {
  const { configMap, secret } = volume;
  if (!configMap && !secret) return undefined;
  const map = ofKind<{ data?: Record<string, string> }>(overlay, 'ConfigMap').find(
    ({ metadata }) => metadata.name === configMap?.name && metadata.namespace === namespace,
  );
  const keys = configMap
    ? map && Object.keys(map.data ?? {})
    : keysOf(overlay, namespace, secret!.secretName);
  const items = (configMap ?? secret)!.items ?? keys?.map((key) => ({ key, path: key }));
  return items && new Map(items.map(({ key, path }) => [path, map?.data?.[key]]));
}

function placesOf(container: Container, workload: Workload): Place[] {
  const volumes = new Map((workload.pod.volumes ?? []).map((volume) => [volume.name, volume]));
  const mounted = (container.volumeMounts ?? []).map(({ name, mountPath, subPath }): Place => {
    const volume = volumes.get(name);
    const files = volume && filesOf(volume, workload);
    if (!files) return { path: mountPath };
    return {
      path: mountPath,
      files: subPath === undefined ? files : new Map([['', files.get(subPath)]]),
    };
  });
  return isInjected(workload.annotations) ? [...mounted, injectedPlace(workload)] : mounted;
}

/** Files that the agent's templates write, and those that are called as their annotation. */
function injectedPlace({ annotations }: Workload): Place {
  const templates = Object.entries(annotations).filter(([key]) => key.includes('/agent-inject-'));
  const written = templates.flatMap(([, text]) => pathsIn(withoutComments(text)));
  const named = templates
    .map(([key]) => /\/agent-inject-secret-(.+)$/.exec(key)?.[1])
    .filter((name) => name !== undefined);
  const below = written
    .filter((path) => path.startsWith(`${SECRETS}/`))
    .map((path) => path.slice(SECRETS.length + 1));
  return { path: SECRETS, files: new Map([...below, ...named].map((name) => [name, undefined])) };
}

/** @returns the text of a file as a container sees it; undefined: it is in no ConfigMap */
export const textAt = (container: Container, workload: Workload, path: string): string | undefined => {
  const place = placeOf(path, placesOf(container, workload));
  return place?.files?.get(path.slice(place.path.length + 1));
};

const isBelow = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

/** The innermost one that a path lies in. */
const placeOf = (path: string, places: Place[]): Place | undefined =>
  places.filter((place) => isBelow(path, place.path)).sort((a, b) => b.path.length - a.path.length)[0];

/** A text with the names of the pods of a StatefulSet in it, where it has the variable that says them. */
function ofEachPod(
  text: string,
  { env = [] }: Container,
  { resource, name, replicas = 1 }: Workload,
): string[] {
  const own = env.find(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath === 'metadata.name')?.name;
  if (resource.kind !== 'StatefulSet' || own === undefined || !text.includes(`$(${own})`)) return [text];
  return Array.from({ length: replicas }, (_, index) => text.replaceAll(`$(${own})`, `${name}-${index}`));
}

/** What the container itself says, and what is written in files that it is told of, and in those that they name. */
function namedBy(container: Container, workload: Workload, reads: string[], places: Place[]): Set<string> {
  const probes = PROBES.flatMap((field) => container[field]?.exec?.command.slice(1) ?? []);
  const texts = [
    ...wordsOf(container),
    ...(container.env ?? []).map(({ value = '' }) => value),
    ...probes,
  ].flatMap((text) => ofEachPod(text, container, workload));
  const named = new Set([...texts.flatMap(pathsIn), ...reads.filter((path) => placeOf(path, places))]);
  // A set that grows while it is walked is walked to its end.
  for (const path of named) {
    const place = placeOf(path, places);
    if (!place?.files) continue;
    const file = path.slice(place.path.length + 1);
    const text = place.files.get(file);
    const all = file.includes('$') || file === '' ? [...place.files.values()] : [text];
    for (const one of all.flatMap((inner) => pathsIn(withoutComments(inner ?? '')))) named.add(one);
  }
  return named;
}

const listOf = ({ files }: Place): string =>
  `There is ${[...files!.keys()].join(', ') || 'nothing'}: mend the name, or what is mounted there.`;

export const pathsThere: Check = {
  number: 77,
  name: 'what a program is told to read is there, and what is mounted is read',
  why: 'A configuration beside the path where it is looked for is as good as none.',
  run: (rendered) =>
    eachContainer(rendered, (container, path, workload) => {
      const program = programOf(container.image);
      if (!program) return [];
      const places = placesOf(container, workload);
      const named = namedBy(container, workload, program.reads(container), places);
      const needed = [...program.writes(container), ...program.reads(container)];
      const own = new Set((container.volumeMounts ?? []).map(({ mountPath }) => mountPath));
      return [
        ...[...named]
          .filter((one) => !EVERYWHERE.test(one) && !placeOf(one, places) && !program.brings?.(one))
          .map((one) =>
            inWorkload(
              workload,
              path,
              `${container.name} is told ${one}, where nothing is mounted`,
              'Mount it, or mend the path.',
            ),
          ),
        ...[...named]
          .map((one) => ({ one, place: placeOf(one, places) }))
          .filter(
            ({ one, place }) =>
              place?.files && one !== place.path && !one.includes('$') && !isFile(place, one),
          )
          .map(({ one, place }) =>
            inWorkload(
              workload,
              path,
              `${container.name} is told ${one}, and there is no such file`,
              listOf(place!),
            ),
          ),
        ...program
          .writes(container)
          .filter((one) => !own.has(one))
          .map((one) =>
            inWorkload(
              workload,
              `${path}.volumeMounts`,
              `it cannot write to ${one}`,
              'Mount an emptyDir or a claim there: its root is read-only.',
            ),
          ),
        ...[...own]
          .filter((mount) => ![...named, ...needed].some((one) => isBelow(one, mount) || isBelow(mount, one)))
          .map((mount) =>
            inWorkload(
              workload,
              `${path}.volumeMounts`,
              `nobody reads ${mount}`,
              'Mend the path; or say in test/kubernetes/programs that its program looks there.',
            ),
          ),
        ...program
          .reads(container)
          .filter((one) => one.includes('.') && !own.has(one))
          .map((one) =>
            inWorkload(
              workload,
              `${path}.volumeMounts`,
              `${one} is missing`,
              'Mount it: its image reads it.',
            ),
          ),
      ];
    }),
};

const isFile = (place: Place, path: string): boolean => place.files!.has(path.slice(place.path.length + 1));
