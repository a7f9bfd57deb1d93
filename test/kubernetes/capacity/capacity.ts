/** What rendered manifests ask of the node: per workload, with the agents that the injector adds. */
import { replicasOf } from '../checks/rollout.ts';
import { isInjected } from '../checks/pods.ts';
import { nameOf } from '../network/world.ts';
import { at, containersOf, quantity, workloadsOf, type Rendered, type Workload } from '../resource.ts';
import { beside, planned, server, SHARE, type Amount } from './server.ts';

export type Row = {
  overlay: string;
  tier: string;
  /** "namespace/name" */
  workload: string;
  /** fewest and most */
  pods: { min: number; max: number };
  /** more pods while it is replaced */
  surge: number;
  /** whether a Vault agent is added to each pod */
  injected: boolean;
  /** of one pod */
  requests: Amount;
  /** of one pod; cpu is 0 where some container has no limit */
  limits: Amount;
};

/** What vault-k8s gives an agent that says nothing: 250m and 64Mi, at most 500m and 128Mi. */
const AGENT = { 'requests-cpu': '250m', 'requests-mem': '64Mi', 'limits-cpu': '500m', 'limits-mem': '128Mi' };

const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
const most = (a: Amount, b: Amount): Amount => ({
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
});
const NOTHING: Amount = { cpu: 0, memory: 0 };
export const times = ({ cpu, memory }: Amount, count: number): Amount => ({
  cpu: cpu * count,
  memory: memory * count,
});
export const total = (amounts: Amount[]): Amount => amounts.reduce(plus, NOTHING);

export const rowsOf = (rendered: Rendered): Row[] =>
  rendered.overlays.flatMap((overlay) =>
    workloadsOf(overlay).map((workload) => ({
      overlay: overlay.name,
      tier: workload.labels['homepage.dev/tier'] ?? '–',
      workload: nameOf(workload),
      pods: workload.ends ? { min: 0, max: 1 } : replicasOf(workload),
      surge: surgeOf(workload),
      injected: isInjected(workload.annotations),
      requests: ofPod(workload, 'requests'),
      limits: ofPod(workload, 'limits'),
    })),
  );

/** A quarter by default, rounded up; who has a disk is replaced one by one. */
function surgeOf(workload: Workload): number {
  const { resource } = workload;
  if (resource.kind !== 'Deployment') return 0;
  const strategy = at(resource, 'spec.strategy') as
    { type?: string; rollingUpdate?: { maxSurge?: number | string } } | undefined;
  if (strategy?.type === 'Recreate') return 0;
  const surge = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof surge === 'number'
    ? surge
    : Math.ceil((Number.parseInt(surge, 10) / 100) * replicasOf(workload).max);
}

/** What all of its pods ask for, or may have, with as many as there may ever be: also while it is replaced. */
export const atMost = ({ pods, surge }: Row, ofOne: Amount): Amount => times(ofOne, pods.max + surge);

/**
 * What the scheduler counts: all containers with sidecars, or the largest init container beside the sidecars when that is
 * more (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
 */
function ofPod(workload: Workload, which: 'requests' | 'limits'): Amount {
  const { annotations } = workload;
  const amount = (cpu?: string | number, memory?: string | number): Amount => ({
    cpu: quantity(cpu),
    memory: quantity(memory),
  });
  const said = (name: keyof typeof AGENT): string =>
    annotations[`vault.hashicorp.com/agent-${name}`] ?? AGENT[name];
  const agent = isInjected(annotations) ? amount(said(`${which}-cpu`), said(`${which}-mem`)) : NOTHING;
  const stays = annotations['vault.hashicorp.com/agent-pre-populate-only'] !== 'true';
  const containers = containersOf(workload).map(({ container, init }) => ({
    init,
    amount: amount(container.resources?.[which]?.cpu, container.resources?.[which]?.memory),
  }));
  const running = total([
    ...containers.filter(({ init }) => !init).map((one) => one.amount),
    ...(stays ? [agent] : []),
  ]);
  const starting = [...containers.filter(({ init }) => init).map((one) => one.amount), agent].reduce(
    most,
    NOTHING,
  );
  const sum = most(running, starting);
  const unlimited = which === 'limits' && containers.some(({ init, amount: { cpu } }) => !init && cpu === 0);
  return unlimited ? { ...sum, cpu: 0 } : sum;
}

export type Sum = {
  /** with every autoscaler at its most, every rollout under way and every job running */
  rendered: Amount;
  beside: Amount;
  planned: Amount;
  all: Amount;
  allowed: Amount;
};

/** @param rendered the overlays that share the server */
export function sumOf(rendered: Rendered): Sum {
  const rows = rowsOf(rendered);
  const there = total(rows.map((row) => atMost(row, row.requests)));
  const others = total(beside.map(({ requests }) => requests));
  const later = total(notYet(rows).map(({ requests }) => requests));
  return {
    rendered: there,
    beside: others,
    planned: later,
    all: total([there, others, later]),
    allowed: times(server, SHARE),
  };
}

/** What is planned and no workload of that name is rendered yet. */
export const notYet = (rows: Row[]) =>
  planned.filter(({ workload }) => !rows.some((row) => row.workload.endsWith(`/${workload}`)));
