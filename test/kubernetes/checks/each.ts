/** Walks that most checks make. */
import {
  containersOf,
  workloadsOf,
  type Container,
  type Overlay,
  type Rendered,
  type Resource,
  type Workload,
} from '../resource.ts';
import { finding, type Finding } from '../finding.ts';

type Found = Finding | Finding[] | undefined | false | null;

const all = (found: Found[]): Finding[] =>
  found.flat().filter((one) => typeof one === 'object' && one !== null);

export const eachOverlay = (rendered: Rendered, look: (overlay: Overlay) => Found): Finding[] =>
  all(rendered.overlays.map(look));

export const eachResource = (
  rendered: Rendered,
  look: (resource: Resource, overlay: Overlay) => Found,
): Finding[] => eachOverlay(rendered, (overlay) => all(overlay.resources.map((one) => look(one, overlay))));

/** @param kind its resources only, with the fields that the caller says they have */
export const eachOfKind = <Fields>(
  rendered: Rendered,
  kind: string,
  look: (resource: Resource<Fields>, overlay: Overlay) => Found,
): Finding[] =>
  eachResource(rendered, (one, overlay) => one.kind === kind && look(one as Resource<Fields>, overlay));

export const eachWorkload = (rendered: Rendered, look: (workload: Workload) => Found): Finding[] =>
  eachOverlay(rendered, (overlay) => all(workloadsOf(overlay).map(look)));

/** The path given to `look` is that of the container. */
export const eachContainer = (
  rendered: Rendered,
  look: (container: Container, path: string, workload: Workload, init: boolean) => Found,
): Finding[] =>
  eachWorkload(rendered, (workload) =>
    all(containersOf(workload).map(({ container, path, init }) => look(container, path, workload, init))),
  );

/** A finding about a workload. @param path within the resource */
export const inWorkload = (workload: Workload, path: string, message: string, fix: string): Finding =>
  finding(workload.overlay, workload.resource, path, message, fix);
