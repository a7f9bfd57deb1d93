/** `homepage secrets` as a person types it, on a real Vault: no value is ever printed, whatever fails. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, runHomepage, type CommandResult } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';

const CANARY = 'CANARY-of-a-value';

describe.skipIf(missing('vault'))('homepage secrets', () => {
  let vaults: Vaults;
  let keysFile: string;
  const folder = makeFolder();
  beforeAll(async () => {
    vaults = await startVaults();
    keysFile = join(folder.path, 'keys');
    writeFileSync(keysFile, vaults.primary.keys.slice(0, 2).join('\n'));
  });
  afterAll(async () => {
    folder.remove();
    await vaults.remove();
  });

  async function secrets(
    words: string,
    { input = '', json = true }: { input?: string | Uint8Array; json?: boolean } = {},
  ): Promise<CommandResult & { json: Record<string, unknown> }> {
    const { address, caFile } = vaults.primary.process;
    const args = ['secrets', ...words.split(' '), '--keys-file', keysFile, ...(json ? ['--json'] : [])];
    const result = await runHomepage(
      args,
      folder.path,
      { VAULT_ADDR: address, VAULT_CACERT: caFile },
      { input },
    );
    expect(result.stdout + result.stderr).not.toContain(CANARY);
    return {
      ...result,
      json: json && result.stdout !== '' ? (JSON.parse(result.stdout) as Record<string, unknown>) : {},
    };
  }

  test('set reads standard input or a file, and says which key changed', async () => {
    const first = await secrets('set api/github clientSecret --environment prod', { input: `${CANARY}\n` });
    expect([first.code, first.json]).toEqual([
      0,
      { dryRun: false, environment: 'prod', path: 'api/github', changed: ['clientSecret'], version: 1 },
    ]);
    writeFileSync(join(folder.path, 'value'), CANARY);
    const again = await secrets(
      `set api/github clientSecret --environment prod --file ${join(folder.path, 'value')}`,
      { json: false },
    );
    expect([again.code, again.stdout]).toEqual([
      0,
      'prod api/github is so already, version 1. Nothing was written.\n',
    ]);
  });

  test.each([
    ['set api/github clientSecret --environment prod', `${CANARY}\nand more`, 1, 'VAULT_VALUE_INVALID'],
    ['set api/github clientSecret --environment prod', '', 1, 'VAULT_VALUE_INVALID'],
    ['set api/github clientSecret --environment prod', `\uFEFF${CANARY}`, 1, 'VAULT_VALUE_INVALID'],
    ['set api/github/clientSecret x --environment prod', CANARY, 1, 'VAULT_SECRET_UNKNOWN'],
    [`set api/github clientSecret=${CANARY} --environment prod`, '', 1, 'VAULT_KEY_UNKNOWN'],
    [`set api/github clientSecret ${CANARY} --environment prod`, '', 2, 'USAGE'],
    ['set api/github clientSecret', CANARY, 2, 'USAGE'],
    ['set api/github clientSecret --environment production', CANARY, 2, 'USAGE'],
    ['set api/github clientSecret --environment prod --file none', '', 1, 'VAULT_VALUE_UNREADABLE'],
    ['set api/github clientSecret --environment prod --generate', '', 1, 'VAULT_VALUE_GIVEN'],
    ['set api/github clientId --environment prod --if-version 7', CANARY, 1, 'VAULT_SECRET_CHANGED'],
    ['set minio/site secretKey --environment prod --generate --file x', '', 2, 'USAGE'],
    ['rollback api/github --environment prod --to-version 9', '', 1, 'VAULT_VERSION_UNKNOWN'],
    ['rollback api/github --environment prod', '', 2, 'USAGE'],
    ['versions api/github', '', 2, 'USAGE'],
    ['import-env .env', '', 2, 'USAGE'],
    ['rollback api/github --environment prod --to-version last', '', 2, 'USAGE'],
    ['diff prod prod', '', 2, 'USAGE'],
  ])('%s is refused and nothing is written', async (words, input, code, expected) => {
    const result = await secrets(words, { input });
    expect([result.code, (result.json['error'] as { code: string }).code]).toEqual([code, expected]);
  });

  test('generate, versions, rollback and diff work together', async () => {
    const made = await secrets('set valkey/user-api password --environment dev --generate');
    expect(made.json).toMatchObject({ changed: ['password', 'previous'], version: 2 });
    const { json } = await secrets('versions valkey/user-api --environment dev');
    expect(json['versions']).toMatchObject([{ version: 1 }, { version: 2, state: 'current' }]);
    const dry = await secrets('rollback valkey/user-api --environment dev --to-version 1 --dry-run');
    expect(dry.json).toMatchObject({ dryRun: true, changed: ['password', 'previous'], version: 2 });
    const back = await secrets('rollback valkey/user-api --environment dev --to-version 1');
    expect(back.json).toMatchObject({ changed: ['password', 'previous'], version: 3 });
    expect(await secrets('diff dev prod')).toMatchObject({ code: 0 });
    await secrets('set api/github clientSecret --environment dev', { input: CANARY });
    const shared = await secrets('diff dev prod', { json: false });
    expect(shared.code).toBe(1);
    expect(shared.stdout).toContain('api/github clientSecret: the same value in both');
  });

  test('parity fails with the command that sets what is missing', async () => {
    const { code, stdout } = await secrets('parity --environment prod', { json: false });
    expect(code).toBe(1);
    expect(stdout).toContain('prod api/github lacks clientId: api would not start.');
    expect(stdout).toContain('$ homepage secrets set api/github clientId --environment prod --file <file>');
    await secrets('set api/github clientId --environment prod', { input: 'id' });
    expect(await secrets('parity --environment prod')).toMatchObject({ code: 0, json: { missing: [] } });
  });

  test('list shows what the typed table says of each', async () => {
    const { code, stdout } = await secrets('list --environment prod', { json: false });
    expect(code).toBe(0);
    expect(stdout).toContain('prod api/github  version ');
    expect(stdout).toContain('  to change it: Make a second client secret at GitHub');
  });

  test('import-env takes a file over', async () => {
    const file = join(folder.path, '.env');
    writeFileSync(file, `GITHUB_CLIENT_SECRET=${CANARY}-other\nPORT=80\n`);
    const there = await secrets(`import-env ${file} --environment prod`);
    expect([there.code, (there.json['error'] as { code: string }).code]).toEqual([1, 'VAULT_SECRET_THERE']);
    const done = await secrets(`import-env ${file} --environment prod --replace`);
    expect([done.code, done.json]).toMatchObject([
      0,
      { changes: [{ path: 'api/github', changed: ['clientSecret'] }], ignored: ['PORT'] },
    ]);
    writeFileSync(file, `not an assignment ${CANARY}\n`);
    const broken = await secrets(`import-env ${file} --environment prod`);
    expect((broken.json['error'] as { code: string }).code).toBe('ENV_FILE_INVALID');
  });
});
