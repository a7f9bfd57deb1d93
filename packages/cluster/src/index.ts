export { edgesIn, peerNamed, type Edge, type Peer, type Transport } from './edges.ts';
export {
  addresses,
  clusterEnvironments,
  shapeOf,
  type ClusterEnvironment,
  type EnvironmentName,
} from './environments.ts';
export { generate, generatedFolders, type Generated } from './generate.ts';
export { UNRESOLVED, type ImagesLock } from './names.ts';
export { policiesOf, type NetworkPolicy } from './policies.ts';
export {
  elsewhereIn,
  workloadsIn,
  type Elsewhere,
  type Shape,
  type Tier,
  type Workload,
} from './workloads.ts';
