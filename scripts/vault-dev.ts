/**
 * `npm run vault:dev [-- --port 8200 --env-file .env]`: Vault in memory with the names of production, until Ctrl-C. Who wants
 * none has `.env`.
 */
import { resolve } from 'node:path';
import { Problem, problemText } from '@homepage/platform';
import { bringProgram, requireProgram } from '@homepage/testkit/programs';
import { startDevVault, type DevVault } from '@homepage/testkit/vault-dev';
import { importEnv, onKubernetes, up } from '@homepage/vault';
import { parseOrEnd, wholeNumber } from './parse.ts';

const HELP = `npm run vault:dev [-- --port 8200 --env-file .env]
Vault in development mode, in memory, with mounts, rights and secrets as in production, for the environment "dev".
  --port N          where it listens, on this machine alone (8200)
  --env-file FILE   takes over the secrets that it sets
Ctrl-C stops it, and all of it is gone.`;

const folder = resolve(import.meta.dirname, '../deploy/vault');

try {
  await run();
} catch (error) {
  console.error(error instanceof Problem ? problemText(error) : (error as Error).message);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseOrEnd({
    port: { type: 'string', default: '8200' },
    'env-file': { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) return console.log(HELP);
  const port = wholeNumber('--port', values.port, 1, 65535);
  if (port === undefined) return;
  await bringProgram('vault', (line) => console.error(line));
  requireProgram('vault');
  const vault = await startDevVault(port);
  try {
    await fill(vault, values['env-file']);
  } catch (error) {
    await vault.remove();
    throw error;
  }
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void vault.remove().then(() => process.exit(0));
    });
  }
}

async function fill(
  { root, address, caFile, tokenFile, auditLog }: DevVault,
  envFile?: string,
): Promise<void> {
  const environments = [onKubernetes('dev', ['127.0.0.0/8'])];
  const { missing } = await up(root, { kind: 'primary', folder, auditLog, environments });
  const imported =
    envFile === undefined ? undefined : await importEnv(root, 'dev', resolve(envFile), { replace: true });
  const given = new Set(imported?.changes.map(({ path }) => path));
  console.log(`Vault is open: ${address}

export VAULT_ADDR=${address}
export VAULT_CACERT=${caFile}
export VAULT_TOKEN=$(cat ${tokenFile})
`);
  for (const { path, keys } of missing.filter((lack) => !given.has(lack.path)))
    console.log(
      `${path} waits for you (${keys.join(', ')}): npx homepage secrets set ${path} … --environment dev`,
    );
  console.log('Stop it with Ctrl-C; all of it is gone then.');
}
