/** A change of one rendered resource that makes the cluster worse; some check must see it. */
import type { Overlay, Rendered, Resource } from '../resource.ts';

export type Mutant = {
  /** what was done, e.g. "field removed" */
  operator: string;
  overlay: string;
  /** "Deployment api" */
  resource: string;
  /** where, with [] for each number */
  path: string;
  /** what it was and what it is, where the path does not say it */
  what: string;
  make(): Rendered;
};

export type Operator = {
  name: string;
  /** what happens to people who do this by mistake */
  about: string;
  mutate(rendered: Rendered): Generator<Mutant>;
};

export type Path = (string | number)[];

export const pathText = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? '[]' : `.${part.includes('.') ? `"${part}"` : part}`))
    .join('')
    .replace(/^\./, '');

/** Every object, list and value of a resource with its path. */
export function* nodes(value: unknown, path: Path = []): Generator<{ value: unknown; path: Path }> {
  yield { value, path };
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* nodes(item, [...path, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* nodes(item, [...path, key]);
}

/** The same with one resource changed. Everything else is shared, so what was found out about it holds. */
export function replaced(
  rendered: Rendered,
  overlay: Overlay,
  resource: Resource,
  edit: (copy: Resource) => Resource | null,
): Rendered {
  const changed = edit(structuredClone(resource));
  const resources = overlay.resources.flatMap((one) => (one !== resource ? one : (changed ?? [])));
  return {
    ...rendered,
    overlays: rendered.overlays.map((one) => (one === overlay ? { ...overlay, resources } : one)),
  };
}

/** Where the last part of a path is: the object or list around it. */
export const around = (resource: Resource, path: Path): Record<string | number, unknown> =>
  path.slice(0, -1).reduce<unknown>((value, part) => (value as never)[part], resource) as never;

/** One for each place. @param change of a copy; at is what holds the last part of the path */
export function mutantAt(
  operator: string,
  rendered: Rendered,
  overlay: Overlay,
  resource: Resource,
  path: Path,
  what: string,
  change: (at: Record<string | number, unknown>, key: string | number, copy: Resource) => void,
): Mutant {
  return {
    operator,
    overlay: overlay.name,
    resource: `${resource.kind} ${resource.metadata.name}`,
    path: pathText(path),
    what,
    make: () =>
      replaced(rendered, overlay, resource, (copy) => {
        change(around(copy, path), path.at(-1)!, copy);
        return copy;
      }),
  };
}

/** One of each kind of mutant: the same done to the same field of the same kind is done once. */
export function* distinct(mutants: Iterable<Mutant>): Generator<Mutant> {
  const seen = new Set<string>();
  for (const mutant of mutants) {
    const key = nameOf(mutant);
    if (!seen.has(key)) yield (seen.add(key), mutant);
  }
}

/** "field removed: Deployment spec.replicas" */
export const nameOf = ({ operator, resource, path, what }: Mutant): string =>
  `${operator}: ${[resource.split(' ')[0], path, what].filter(Boolean).join(' ')}`;
