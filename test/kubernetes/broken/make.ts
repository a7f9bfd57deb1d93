/** How manifests of the small cluster of fixture.ts are made wrong, one thing each: which check must say so, and how. */
import type { Rendered, Resource } from '../resource.ts';

export type Broken = {
  check: number;
  name: string;
  breaks(rendered: Rendered): void;
  /** of the finding */
  message: RegExp;
};

// Manifests are changed here in ways that their types forbid.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

/** @param name "Deployment api" */
export function find({ overlays }: Rendered, name: string): Any {
  const found = overlays
    .flatMap(({ resources }) => resources)
    .find(({ kind, metadata }) => `${kind} ${metadata.name}` === name);
  if (!found) throw new Error(`the fixture has no ${name}`);
  return found;
}

export const change =
  (name: string, edit: (resource: Any) => void) =>
  (rendered: Rendered): void =>
    edit(find(rendered, name));

const podOf = (resource: Any): Any =>
  (resource.kind === 'CronJob' ? resource.spec.jobTemplate.spec : resource.spec).template.spec;

export const inPod = (name: string, edit: (pod: Any) => void) =>
  change(name, (resource) => edit(podOf(resource)));
export const inContainer = (name: string, edit: (container: Any) => void) =>
  inPod(name, (pod) => edit(pod.containers[0]));
export const annotated = (name: string, annotation: string, value?: string) =>
  change(name, (resource) => {
    const spec = resource.kind === 'CronJob' ? resource.spec.jobTemplate.spec : resource.spec;
    const key = `vault.hashicorp.com/${annotation}`;
    if (value === undefined) delete spec.template.metadata.annotations[key];
    else spec.template.metadata.annotations[key] = value;
  });

export const add =
  (overlay: string, resource: Resource) =>
  ({ overlays }: Rendered): void =>
    void overlays.find(({ name }) => name === overlay)!.resources.push(resource);

export const remove =
  (name: string) =>
  (rendered: Rendered): void => {
    const found = find(rendered, name) as Resource;
    for (const overlay of rendered.overlays)
      overlay.resources = overlay.resources.filter((one) => one !== found);
  };
