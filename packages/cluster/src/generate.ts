/** Everything in deploy/kubernetes and docs that is made of the tables here: paths below the repository, and what is in them. */
import { join } from 'node:path';
import { networkPage } from './documents.ts';
import { clusterEnvironments, shapeOf, type EnvironmentName } from './environments.ts';
import { injectionPatch, reloaded, reloaderAgent } from './injection.ts';
import { component, namesOfCluster, namesOfEnvironment, namesOfHa, type ImagesLock } from './names.ts';
import { ownNamespaces, policiesOf } from './policies.ts';
import { shapes, workloadsIn, type Shape } from './workloads.ts';

export type Sources = { repository: string; domain: string; lock: ImagesLock };

/** Objects become YAML, texts stay as they are. */
export type Generated = Record<string, object | string>;

const POLICIES = 'deploy/kubernetes/components/network-policies';
const INJECTION = 'deploy/kubernetes/components/vault-injection';
const OVERLAYS = 'deploy/kubernetes/overlays';

/** Folders in which nothing else may be. */
export const generatedFolders = [POLICIES, INJECTION];

export function generate({ repository, domain, lock }: Sources): Generated {
  const files: Generated = { 'docs/network.md': networkPage() };
  for (const shape of shapes)
    for (const namespace of ownNamespaces) {
      const policies = policiesOf(namespace, shape);
      const folder = `${POLICIES}/${named(namespace, shape)}`;
      const names = policies.map(({ metadata }) => `${metadata.name}.yaml`);
      for (const policy of policies) files[`${folder}/${policy.metadata.name}.yaml`] = policy;
      files[`${folder}/kustomization.yaml`] = component({ resources: names });
    }
  const vault = join(repository, 'deploy/vault');
  for (const environment of clusterEnvironments(domain)) {
    const here = shapes.filter((shape) => shapeOf(environment.name, shape) === shape);
    for (const shape of here)
      Object.assign(
        files,
        injectionOf(environment.name, shape, vault, `${INJECTION}/${named(environment.name, shape)}`),
      );
    files[`${OVERLAYS}/${environment.name}/names/kustomization.yaml`] = namesOfEnvironment(environment, lock);
  }
  files[`${OVERLAYS}/cluster/names/kustomization.yaml`] = namesOfCluster(lock);
  files[`${OVERLAYS}/prod-ha/names/kustomization.yaml`] = namesOfHa(lock);
  return files;
}

/** As overlays are called: prod, prod-ha. */
const named = (name: string, shape: Shape): string => (shape === 'ha' ? `${name}-ha` : name);

function injectionOf(environment: EnvironmentName, shape: Shape, vault: string, folder: string): Generated {
  const injected = workloadsIn(shape).filter((workload) => workload.vault !== undefined);
  const files: Generated = {};
  for (const workload of injected)
    files[`${folder}/${workload.name}.yaml`] = injectionPatch(workload, environment, shape, vault);
  const told = reloaded.filter((server) => injected.some(({ name }) => name === server));
  for (const server of told) {
    files[`${folder}/${server}/reloader-init.hcl`] = reloaderAgent(server, environment, vault, true);
    files[`${folder}/${server}/reloader.hcl`] = reloaderAgent(server, environment, vault, false);
  }
  files[`${folder}/kustomization.yaml`] = component({
    configMapGenerator: told.map((server) => ({
      name: `${server}-reloader-agent`,
      files: [`${server}/reloader-init.hcl`, `${server}/reloader.hcl`],
    })),
    patches: injected.map(({ name, kind }) => ({ path: `${name}.yaml`, target: { kind, name } })),
  });
  return files;
}
