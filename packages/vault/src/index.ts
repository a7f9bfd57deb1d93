export { renewIntermediate } from './authorities.ts';
export { Vault, type VaultServer } from './client/client.ts';
export { environmentNames, onKubernetes, type Environment } from './desired/environment.ts';
export { KeyFiles, keysIn } from './keys.ts';
export { testPolicies, type MatrixReport } from './matrix.ts';
export { withRoot, withToken } from './root-token.ts';
export { lookAtSealToken } from './seal-token.ts';
export {
  initialise,
  requireKind,
  sealStatus,
  unseal,
  untilActive,
  type SealStatus,
  type ServerKind,
} from './server.ts';
export { up, type UpReport, type Wanted } from './up.ts';
export { agentConfiguration, filesOf, type AgentOptions } from './agent.ts';
export { services, type Service } from './desired/services.ts';
