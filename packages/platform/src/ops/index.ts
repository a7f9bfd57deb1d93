/** For programs that run on: health, measurements, and secret files that change meanwhile. */
export { startOpsServer } from './ops-server.ts';
export { renewOnChange } from './renewal.ts';
export { certificateReload, type ReloadableServer } from '../certificates/reload.ts';
export type { UsersReload } from '../certificates/users.ts';
