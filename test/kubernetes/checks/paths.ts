/** Paths that processes are told, in arguments, variables and files of ConfigMaps: each leads somewhere. */
import { imagePaths } from '../expected.ts';
import type { Check } from '../finding.ts';
import { containersOf, ofKind, type Container, type Workload } from '../resource.ts';
import { PREFIX } from './annotations.ts';
import { eachWorkload, inWorkload } from './each.ts';
import { isInjected } from './pods.ts';

/** Absolute, and no part of an address, of a longer path or of a pattern. */
const PATH = /(?<![\w:/.@}*])\/[A-Za-z][\w.-]*(?:\/[\w.@-]+)*/g;
const SECRETS = '/vault/secrets';

export const pathsLead: Check = {
  number: 77,
  name: 'paths that processes are told are mounted, or in their image',
  why: 'The root is read-only: what is written elsewhere fails, at night, when it is written first.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) =>
      containersOf(workload).flatMap(({ container, path }) =>
        [...new Set(textsOf(container, workload).flatMap((text) => text.match(PATH) ?? []))]
          .filter((one) => !isThere(one, container, workload))
          .map((one) =>
            inWorkload(
              workload,
              path,
              `${container.name} is told ${one}, where nothing is mounted`,
              'Mend the path, mount a volume there, or list it in expected.ts as one of the image.',
            ),
          ),
      ),
    ),
};

function isThere(path: string, { volumeMounts = [] }: Container, { annotations }: Workload): boolean {
  if (path in imagePaths) return true;
  if (volumeMounts.some(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`)))
    return true;
  if (!isInjected(annotations) || !`${path}/`.startsWith(`${SECRETS}/`)) return false;
  const file = path.slice(SECRETS.length);
  // A template may write several files.
  return Object.entries(annotations).some(
    ([name, text]) =>
      name === `${PREFIX}agent-inject-secret-${file.slice(1)}` ||
      (name.startsWith(`${PREFIX}agent-inject-template-`) && text.includes(file)),
  );
}

/** What a process reads before it does anything, without comments. */
function textsOf(
  { command = [], args = [], env = [], volumeMounts = [] }: Container,
  workload: Workload,
): string[] {
  const { overlay, namespace, pod } = workload;
  const maps = (pod.volumes ?? [])
    .filter(({ name }) => volumeMounts.some((mount) => mount.name === name))
    .map(({ configMap }) => configMap?.name);
  const files = ofKind<{ data?: Record<string, string> }>(overlay, 'ConfigMap')
    .filter(({ metadata }) => metadata.namespace === namespace && maps.includes(metadata.name))
    .flatMap(({ data }) => Object.values(data ?? {}));
  return [
    ...command,
    ...args,
    ...env.map(({ value }) => value ?? ''),
    ...files.map((text) => text.replaceAll(/^\s*(#|--).*$/gm, '')),
  ];
}
