export { renewIntermediate, requirePrivateKey } from './authorities.ts';
export { Vault, type Answer, type VaultServer } from './client/client.ts';
export {
  environmentNames,
  issuingMount,
  namespaceOf,
  onKubernetes,
  POD_NETWORK,
  portOf,
  PORTS,
  roleOf,
  secretNameOf,
  withSentinels,
  type Environment,
} from './desired/environment.ts';
export { namesOf } from './desired/primary.ts';
export { tokenIn } from './client/token.ts';
export { KeyFiles, keysIn, type KeyFile } from './keys.ts';
export { testPolicies, type MatrixReport } from './matrix.ts';
export { readSignIn, withSignIn } from './sign-in/sign-in.ts';
export {
  identitiesIn,
  identitiesOfBootstrap,
  rotateSecretIds,
  type HandOver,
  type Rotated,
} from './sign-in/rotate.ts';
export { toFolder } from './sign-in/folder.ts';
export { SERVICE_ACCOUNT, toSecrets } from './sign-in/kubernetes.ts';
export { revokeService, type Revoked } from './revoke.ts';
export { otherRootTokens, withRoot, withToken } from './root-token.ts';
export { uninterrupted } from './interrupt.ts';
export { moveSeal, requireMove, type Move } from './seal-migration.ts';
export { lookAtSealToken } from './seal-token.ts';
export { requireWritableFile, writeSecret } from './secret-file.ts';
export {
  initialise,
  requireKind,
  sealStatus,
  unseal,
  untilActive,
  type Seal,
  type SealStatus,
  type ServerKind,
} from './server.ts';
export { foreignInWords } from './state/foreign.ts';
export { up, type UpReport, type Wanted } from './up.ts';
export { agentConfiguration, agentTemplates, filesOf, type AgentOptions } from './agent.ts';
export { everybody } from './desired/jobs.ts';
export { services, type Service } from './desired/services.ts';
export { secretNamed, requireKey } from './secrets/find.ts';
export { valueIn } from './secrets/value.ts';
export { rollBack, setValues, type Change } from './secrets/change.ts';
export { listSecrets, type ListedSecret } from './secrets/list.ts';
export { readVersions, requireStore, type Version } from './secrets/store.ts';
export { parityOf, type Parity } from './secrets/parity.ts';
export { compareEnvironments, type Compared } from './secrets/compare.ts';
export { importEnv, type Imported } from './secrets/import-env.ts';
export { listSnapshots, type Manifest as SnapshotManifest } from './snapshot/catalog.ts';
export { pruneSnapshots, type Pruned } from './snapshot/prune.ts';
export { takeSnapshot } from './snapshot/take.ts';
export { restoreSnapshot, type Restored } from './snapshot/restore.ts';
export { certificateOf, requireChain } from './health/seal-chain.ts';
export { requireAuthorities, requireLife, requireSealToken, requireTokenLife } from './health/lives.ts';
export { requireSignIns } from './health/sign-ins.ts';
export { aheadOf, environmentsOf, requireAudit, requireParity, requirePolicies } from './health/state.ts';
