/** Real servers for tests, drills and `npm run platform`. */
export { makeAuthority, type Authority, type Bundle } from './certificates.ts';
export { serialShown } from './handshake.ts';
export { thisMachine, withoutRootsPowers, type Host } from './host.ts';
export { makeNetwork, type Network } from './network.ts';
export { makeOwnFolder, writeWhole } from './owned.ts';
export { assumeRole } from './minio-role.ts';
export { startMinio, startMinioNodes, type MinioServer } from './minio.ts';
export { serverUser, startPostgresql, type PostgresqlServer } from './postgresql.ts';
export { askServer, startValkey, type ValkeyServer } from './valkey.ts';
export { startValkeySentinels, type ValkeySentinels } from './valkey-sentinels.ts';
export { startNginx, type NginxServer } from './nginx.ts';
export { startVaultAgent, type VaultAgent } from './vault-agent.ts';
export { startVault, type TransitSeal, type VaultProcess } from './vault.ts';
export { freePort, Service } from './service.ts';
