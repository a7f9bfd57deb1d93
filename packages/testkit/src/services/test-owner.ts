/** For the test of the guard: starts services, prints what it owns, and waits to be killed. */
import { startMinio } from './minio.ts';
import { startPostgresql } from './postgresql.ts';
import { startValkey } from './valkey.ts';
import { makeAuthority } from './certificates.ts';

const authority = await makeAuthority();
const services = [await startPostgresql(authority), await startValkey(authority), await startMinio()];
services[1]!.service.freeze(); // one that hangs must go too
console.log(JSON.stringify(services.map(({ service }) => ({ pid: service.pid, folder: service.folder }))));
setInterval(() => {}, 1000);
