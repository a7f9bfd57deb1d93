/**
 * Once at each start of compose, in a container of its own: waits for MinIO, brings the schema up, and fills Vault, which
 * forgets everything when it stops. Running it again changes nothing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem, problemText } from '@homepage/platform';
import { onKubernetes, up, Vault } from '@homepage/vault';

const root = resolve(import.meta.dirname, '..');
const WAIT_MS = 60_000;
/** From where services may sign in: what Docker gives to its networks. */
const NETWORKS = ['172.16.0.0/12', '192.168.0.0/16'];
/** As Vault sees it: in memory. */
const AUDIT_LOG = '/tmp/audit.log';

try {
  await untilMinioIsReady(new URL(need('STORAGE_URL')).searchParams.get('endpoint') ?? '');
  migrate();
  await fillVault();
} catch (error) {
  console.error(error instanceof Problem ? problemText(error) : (error as Error).message);
  process.exitCode = 1;
}

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start it with npm run compose:dev.`);
  return value;
}

/** Its image has nothing to ask it with, so compose cannot. */
async function untilMinioIsReady(endpoint: string): Promise<void> {
  const address = new URL('/minio/health/ready', endpoint).href;
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const why = await fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok, status }) => (ok ? undefined : String(status)),
      (error: Error) => error.message,
    );
    if (why === undefined) return;
    if (performance.now() > deadline)
      throw new Error(`MinIO does not become ready (${why}): see npm run compose:dev -- logs minio`);
    await wait(250);
  }
}

function migrate(): void {
  const program = join(root, 'apps/ops/bin/homepage.js');
  const { status } = spawnSync(process.execPath, [program, 'migrate'], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`homepage migrate ended with ${status}; what it said is above.`);
}

/** As `npm run vault:dev` does: in development mode it has no seal that the command would know it by. */
async function fillVault(): Promise<void> {
  const ca = readFileSync(need('VAULT_CACERT'), 'utf8');
  const vault = new Vault({ address: need('VAULT_ADDR'), ca, token: need('VAULT_TOKEN') });
  try {
    const environments = [onKubernetes('dev', NETWORKS)];
    const { work } = await up(vault, {
      kind: 'primary',
      folder: join(root, 'deploy/vault'),
      auditLog: AUDIT_LOG,
      environments,
    });
    console.log(`Vault has what it must hold (${work.length} changes).`);
  } finally {
    vault.close();
  }
}
