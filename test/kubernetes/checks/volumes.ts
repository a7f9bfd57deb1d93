/** What a pod keeps for itself: where it lies, and whether it fits there. */
import type { Check } from '../finding.ts';
import { containersOf, quantity, type Volume } from '../resource.ts';
import { eachWorkload, inWorkload } from './each.ts';

/** "/vault/secrets", "/reloader/secrets"; and what processes share, which is meant to be memory. */
const IN_MEMORY = /(^|\/)secrets(\/|$)|^\/dev\/shm$/;

const isMemory = (volume: Volume | undefined): boolean => volume?.emptyDir?.medium === 'Memory';

export const secretsInMemory: Check = {
  number: 74,
  name: 'secrets lie in memory, and what lies in memory fits the container',
  why: 'An emptyDir is on the disk of the node and stays readable there; in memory it counts as memory of who writes it.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const volumes = new Map((workload.pod.volumes ?? []).map((volume) => [volume.name, volume]));
      const where = `${workload.path}.spec.volumes`;
      return containersOf(workload).flatMap(({ container, path }) => {
        const mounts = container.volumeMounts ?? [];
        const inMemory = new Set(
          mounts.map(({ name }) => name).filter((name) => isMemory(volumes.get(name))),
        );
        const taken = [...inMemory].reduce(
          (sum, name) => sum + quantity(volumes.get(name)!.emptyDir!.sizeLimit),
          0,
        );
        return [
          ...mounts
            .filter(({ name, mountPath }) => {
              const volume = volumes.get(name);
              return IN_MEMORY.test(mountPath) && volume?.emptyDir && !isMemory(volume);
            })
            .map(({ name, mountPath }) =>
              inWorkload(
                workload,
                where,
                `"${name}" is on the disk of the node, and ${mountPath} of ${container.name}`,
                'Write medium: Memory beside its sizeLimit.',
              ),
            ),
          // The process needs some of it, too.
          ...(taken > quantity(container.resources?.limits?.memory) / 2
            ? [
                inWorkload(
                  workload,
                  `${path}.resources.limits.memory`,
                  'volumes in memory may take more than half of its memory',
                  'Lower their sizeLimit, leave medium out where a disk will do, or raise the limit.',
                ),
              ]
            : []),
        ];
      });
    }),
};

export const claimsWritable: Check = {
  number: 75,
  name: 'who keeps data may write them',
  why: 'A disk is root’s when it is made: a server that is nobody cannot write to it and never starts.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { volumeClaimTemplates: claims } = workload.resource['spec'] as {
        volumeClaimTemplates?: unknown[];
      };
      const { fsGroup } = workload.pod.securityContext ?? {};
      return (
        (claims ?? []).length > 0 &&
        !(typeof fsGroup === 'number' && fsGroup > 0) &&
        inWorkload(
          workload,
          `${workload.path}.spec.securityContext.fsGroup`,
          'it has a disk, and no group that the disk is given to',
          'Write fsGroup: the number of its group.',
        )
      );
    }),
};
