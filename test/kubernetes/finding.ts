/** What a check finds: one thing that is wrong in one place, with the way to mend it. */
import type { Overlay, Rendered, Resource } from './resource.ts';

export type Finding = {
  overlay: string;
  /** "Deployment homepage-prod/api" */
  resource: string;
  /** of the repository; null: it is made by kustomize, or it is no file */
  file: string | null;
  /** "spec.template.spec.containers[0].image"; empty: the resource as a whole */
  path: string;
  message: string;
  fix: string;
};

export type Check = {
  number: number;
  name: string;
  /** what happens to the system when it does not hold */
  why: string;
  run(rendered: Rendered): Finding[];
};

/** What has no name has a wrong one, and must still be told of. */
export const titleOf = ({ kind, metadata }: Partial<Resource>): string =>
  `${kind} ${metadata?.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata?.name}`;

/** @param what path, message and fix */
export function finding(
  overlay: Overlay,
  resource: Resource,
  path: string,
  message: string,
  fix: string,
): Finding {
  const file = overlay.files.get(`${resource.kind} ${resource.metadata?.name}`) ?? null;
  return { overlay: overlay.name, resource: titleOf(resource), file, path, message, fix };
}

/** About an overlay, or several, as a whole. */
export const overall = (overlay: string, resource: string, message: string, fix: string): Finding => ({
  overlay,
  resource,
  file: null,
  path: '',
  message,
  fix,
});
