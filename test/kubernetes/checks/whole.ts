/** Checks of everything together: rendering and schemas, capacity, the edge matrix, compose. */
import { sumOf } from '../capacity/capacity.ts';
import { capacityDocument } from '../capacity/document.ts';
import { server } from '../capacity/server.ts';
import { finding, overall, type Check } from '../finding.ts';
import { isForSeveral } from '../resource.ts';
import { schemaErrors } from '../schemas/validate.ts';
import { eachOverlay, eachResource } from './each.ts';

export const rendersAndFits: Check = {
  number: 1,
  name: 'overlays render, twice alike, and every field is one that its kind has',
  why: 'The API server drops a misspelt field with a warning that nobody reads in a pipeline.',
  run: (rendered) => [
    ...eachOverlay(rendered, ({ name, trouble }) =>
      trouble.map((message) =>
        overall(
          name,
          'kustomization',
          message,
          `Look at kubectl kustomize deploy/kubernetes/overlays/${name}.`,
        ),
      ),
    ),
    ...eachResource(rendered, (resource, overlay) =>
      schemaErrors(resource).map(({ path, message, fix }) => finding(overlay, resource, path, message, fix)),
    ),
    ...eachOverlay(rendered, (overlay) => {
      const seen = new Set<string>();
      return overlay.resources.flatMap((resource) => {
        const { apiVersion, kind, metadata } = resource;
        const key = `${String(apiVersion).split('/')[0]} ${kind} ${metadata?.namespace} ${metadata?.name}`;
        if (!seen.has(key)) return (seen.add(key), []);
        return [finding(overlay, resource, 'metadata.name', 'it is there twice', 'Rename one of them.')];
      });
    }),
  ],
};

export const capacityEnough: Check = {
  number: 8,
  name: 'all of it fits the server, and the page says how',
  why: 'A pod that does not fit waits for ever, and always the one that was restarted last.',
  run: (rendered) => {
    const shared = { overlays: rendered.overlays.filter(({ name }) => !isForSeveral(name)) };
    if (shared.overlays.length === 0) return [];
    const { all, allowed } = sumOf(shared);
    const where = shared.overlays.map(({ name }) => name).join(' + ');
    return (['cpu', 'memory'] as const)
      .filter((unit) => !(all[unit] <= allowed[unit]))
      .map((unit) =>
        overall(
          where,
          'Node',
          `requests are ${((100 * all[unit]) / server[unit]).toFixed(0)} % of the server's ${unit}`,
          'Lower requests to what is measured, or take a larger server (test/kubernetes/capacity/server.ts).',
        ),
      );
  },
};

/** @returns a finding when docs/capacity.md is not what the manifests say */
export const capacityWritten: Check = {
  number: 65,
  name: 'docs/capacity.md is what the manifests say',
  why: 'A table that is kept by hand is wrong after the next change.',
  run: (rendered) => {
    const { capacityPage } = rendered;
    return capacityPage === undefined || capacityPage === capacityDocument(rendered)
      ? []
      : [
          overall(
            '-',
            'docs/capacity.md',
            'it is not what the manifests say',
            'Run npm run k8s:check -- --write.',
          ),
        ];
  },
};
