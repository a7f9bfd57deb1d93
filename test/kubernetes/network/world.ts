/** Who there is on one cluster, and what may connect to what, as rendered. */
import { clusters, foreignNamespaces } from '../expected.ts';
import {
  containersOf,
  ofKind,
  workloadsOf,
  type Labels,
  type OverlayName,
  type Rendered,
  type Workload,
} from '../resource.ts';
import type { Network, Party, Policy, PolicySpec } from './evaluate.ts';

export type World = {
  /** e.g. "cluster + dev + prod" */
  name: string;
  overlays: OverlayName[];
  /** of ours: those that are rendered */
  namespaces: Set<string>;
  network: Network;
  workloads: Workload[];
  /** of rendered workloads, by "namespace/name" */
  parties: Map<string, Party>;
};

/** @returns one for each set of overlays that run together; overlays that are not there are left out */
export function worldsOf(rendered: Rendered): World[] {
  const before = known.get(rendered);
  if (before) return before;
  const worlds = makeWorlds(rendered);
  known.set(rendered, worlds);
  return worlds;
}

/** Several checks ask for the same. */
const known = new WeakMap<Rendered, World[]>();

function makeWorlds(rendered: Rendered): World[] {
  const worlds = clusters.map((names) =>
    worldOf({ overlays: rendered.overlays.filter(({ name }) => names.includes(name)) }),
  );
  // What is part of another one tells nothing of its own.
  return worlds.filter(
    (world, index) =>
      !worlds.some(
        (other, at) =>
          at !== index &&
          world.overlays.every((name) => other.overlays.includes(name)) &&
          (other.overlays.length > world.overlays.length || at < index),
      ),
  );
}

function worldOf(rendered: Rendered): World {
  const workloads = rendered.overlays.flatMap(workloadsOf);
  const policies = rendered.overlays.flatMap((overlay) =>
    ofKind<{ spec: PolicySpec }>(overlay, 'NetworkPolicy'),
  ) as Policy[];
  const overlays = rendered.overlays.map(({ name }) => name);
  return {
    name: overlays.join(' + '),
    overlays,
    namespaces: new Set(
      rendered.overlays.flatMap((overlay) =>
        ofKind<object>(overlay, 'Namespace').map(({ metadata }) => metadata.name),
      ),
    ),
    network: { policies, namespaces: namespacesOf(rendered) },
    workloads,
    parties: new Map(workloads.map((workload, index) => [nameOf(workload), partyOf(workload, index)])),
  };
}

export const nameOf = ({ namespace, name }: Workload): string => `${namespace}/${name}`;

/** Kubernetes itself gives each namespace a label with its name. */
function namespacesOf(rendered: Rendered): Map<string, Labels> {
  const own = rendered.overlays.flatMap((overlay) => ofKind<object>(overlay, 'Namespace'));
  const labels = new Map<string, Labels>(foreignNamespaces.map((name) => [name, {}]));
  for (const { metadata } of own) labels.set(metadata.name, metadata.labels ?? {});
  return new Map(
    [...labels].map(([name, given]) => [name, { ...given, 'kubernetes.io/metadata.name': name }]),
  );
}

/** Pods get addresses of 10.42.0.0/16, as K3s gives them. */
function partyOf(workload: Workload, index: number): Party {
  return {
    name: nameOf(workload),
    address: `10.42.${Math.floor(index / 250)}.${(index % 250) + 2}`,
    pod: {
      namespace: workload.namespace,
      labels: workload.labels,
      ports: containersOf(workload)
        .flatMap(({ container }) => container.ports ?? [])
        .map(({ name, containerPort, protocol = 'TCP' }) => ({
          ...(name !== undefined && { name }),
          port: containerPort,
          protocol,
        })),
    },
  };
}
