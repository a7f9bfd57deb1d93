/** Everything in deploy/kubernetes and docs that is made of the tables here: paths below the repository, and what is in them. */
import { join } from 'node:path';
import { networkPage } from './documents.ts';
import { clusterEnvironments } from './environments.ts';
import { injectionPatch, reloaded, reloaderAgent } from './injection.ts';
import { namesOfCluster, namesOfEnvironment, namesOfHa, type ImagesLock } from './names.ts';
import { ownNamespaces, policiesOf } from './policies.ts';
import { workloads } from './workloads.ts';

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
  for (const namespace of ownNamespaces) {
    const policies = policiesOf(namespace);
    const names = policies.map(({ metadata }) => `${metadata.name}.yaml`);
    for (const policy of policies) files[`${POLICIES}/${namespace}/${policy.metadata.name}.yaml`] = policy;
    files[`${POLICIES}/${namespace}/kustomization.yaml`] = component({ resources: names });
  }
  const injected = workloads.filter(({ vault }) => vault !== undefined);
  for (const environment of clusterEnvironments(domain)) {
    const folder = `${INJECTION}/${environment.name}`;
    for (const workload of injected)
      files[`${folder}/${workload.name}.yaml`] = injectionPatch(
        workload,
        environment.name,
        join(repository, 'deploy/vault'),
      );
    const vault = join(repository, 'deploy/vault');
    for (const server of reloaded) {
      files[`${folder}/${server}/reloader-init.hcl`] = reloaderAgent(server, environment.name, vault, true);
      files[`${folder}/${server}/reloader.hcl`] = reloaderAgent(server, environment.name, vault, false);
    }
    files[`${folder}/kustomization.yaml`] = component({
      configMapGenerator: reloaded.map((server) => ({
        name: `${server}-reloader-agent`,
        files: [`${server}/reloader-init.hcl`, `${server}/reloader.hcl`],
      })),
      // With a target: an overlay that has somebody else in a workload's place can use it, too.
      patches: injected.map(({ name, kind }) => ({ path: `${name}.yaml`, target: { kind, name } })),
    });
    files[`${OVERLAYS}/${environment.name}/names/kustomization.yaml`] = namesOfEnvironment(environment, lock);
  }
  files[`${OVERLAYS}/cluster/names/kustomization.yaml`] = namesOfCluster(lock);
  files[`${OVERLAYS}/prod-ha/names/kustomization.yaml`] = namesOfHa(lock);
  return files;
}

const component = (fields: object): object => ({
  apiVersion: 'kustomize.config.k8s.io/v1alpha1',
  kind: 'Component',
  ...fields,
});
