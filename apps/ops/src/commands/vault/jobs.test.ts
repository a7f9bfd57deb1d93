/** What runs by itself, as a CronJob runs it: signed in with files, handing over to files or to the API server. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@homepage/platform';
import { makeFolder, type CommandResult } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import { makeAuthority } from '@homepage/testkit/services';
import { startVaults, type VaultSide, type Vaults } from '@homepage/testkit/vaults';
import { identitiesIn, withSignIn, type Answer } from '@homepage/vault';
import { runJson } from '../test-content.ts';

type ErrorJson = { code: string; field: string | null };
type Said = {
  error?: ErrorJson;
  secretIds?: { name: string; place: string; ok: boolean; error: ErrorJson | null }[];
  targets?: {
    ok: boolean;
    error: ErrorJson | null;
    snapshot?: { id: string } | null;
    servers?: { server: string; removed: string[]; kept: number }[];
  }[];
};
type Ran = CommandResult & { json: Said };

type Asked = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

const TOKEN = 'token-of-the-pod';

/** Of the API server only what is asked of it here: it checks the token, and knows some Secrets. */
class ApiServer {
  readonly asked: Asked[] = [];
  readonly secrets = new Map<string, Record<string, string>>();
  #server: Server | undefined;
  env: Record<string, string> = {};

  /** @param account a folder as Kubernetes mounts it */
  async start(account: string): Promise<void> {
    const authority = await makeAuthority('cluster');
    const { 'tls.crt': cert, 'tls.key': key } = await authority.issue({ name: 'api', purpose: 'server' });
    writeFileSync(join(account, 'ca.crt'), authority.certificate);
    writeFileSync(join(account, 'token'), `${TOKEN}\n`);
    writeFileSync(join(account, 'namespace'), 'vault');
    this.#server = createServer({ cert, key }, async (request, response) => {
      const { method = '', url = '', headers } = request;
      const body = await text(request);
      this.asked.push({ method, url, headers, body });
      const answer = (status: number, message: string): void =>
        void response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify({ message }));
      if (headers.authorization !== `Bearer ${TOKEN}`) return answer(401, 'Unauthorized');
      if (method !== 'PATCH' || headers['content-type'] !== 'application/merge-patch+json')
        return answer(415, 'not a merge patch');
      const { pathname, searchParams } = new URL(url, 'https://api');
      const secret = this.secrets.get(pathname);
      if (!secret) return answer(404, 'secrets not found');
      const { data = {} } = JSON.parse(body) as { data?: Record<string, string> };
      if (searchParams.get('dryRun') !== 'All') Object.assign(secret, data);
      return answer(200, 'patched');
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    this.env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
  }

  secret(namespace: string, name: string): Record<string, string> {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    const secret = this.secrets.get(path) ?? {};
    this.secrets.set(path, secret);
    return secret;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    if (this.#server) await new Promise((done) => this.#server!.close(done));
  }
}

describe.skipIf(missing('vault'))('the jobs of Vault', () => {
  let vaults: Vaults;
  const folder = makeFolder();
  const api = new ApiServer();
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  const keysFile = { primary: at('primary-keys'), bootstrap: at('bootstrap-keys') };
  let recipient: string;
  beforeAll(async () => {
    vaults = await startVaults();
    for (const name of ['primary', 'bootstrap'] as const)
      writeFileSync(keysFile[name], vaults[name].keys.slice(0, 2).join('\n'));
    recipient = await identityToRecipient(await generateX25519Identity());
    mkdirSync(at('account'));
    await api.start(at('account'));
  });
  afterAll(async () => {
    await api.stop();
    await vaults.remove();
    folder.remove();
  });

  const run = ({ process }: VaultSide, args: string[], env: Record<string, string> = {}): Promise<Ran> =>
    runJson<Said>(['vault', ...args], folder.path, {
      VAULT_ADDR: process.address,
      VAULT_CACERT: process.caFile,
      ...env,
    });
  const rotate = (...args: string[]): Promise<Ran> => run(vaults.primary, ['rotate', 'secret-ids', ...args]);
  const prod = ['--environment', 'prod'];
  const toSecrets = ['--to-kubernetes', '--service-account', at('account')];
  const secretId = (name: string): string => readFileSync(at('approle', name, 'secret-id'), 'utf8');
  const failedOf = ({ json }: Ran): unknown[] =>
    json.secretIds!.filter(({ ok }) => !ok).map(({ name, error }) => [name, error!.code]);
  /** Tokens that somebody signed in with a role has. */
  const tokensOf = (side: 'primary' | 'bootstrap', role: string): Promise<number> =>
    vaults.asRoot(side, async (root) => {
      const accessors = await root.list('auth/token/accessors');
      const all = await Promise.all(
        accessors.map((accessor) =>
          // One may end between the list and the look.
          root.write('auth/token/lookup-accessor', { accessor }).catch((): Answer => ({})),
        ),
      );
      return all.filter(({ data }) => (data?.['meta'] as { role_name?: string })?.role_name === role).length;
    });

  /** As the job of prod: those of the other one it may not make. */
  const asJob = (): string[] => [...prod, '--approle', at('approle/secret-ids')];
  const byJob = (...args: string[]): Promise<Ran> => rotate(...asJob(), '--to', at('approle'), ...args);

  test('the first ones come from a quorum of keys, the next ones from the job; the output shows none', async () => {
    const first = await rotate(...prod, '--to', at('approle'), '--keys-file', keysFile.primary);
    expect([first.code, first.json.secretIds!.length]).toEqual([0, identitiesIn('prod').length]);
    expect(readdirSync(at('approle'))).toContain('secret-ids');
    const before = secretId('api');
    const dry = await byJob('--without', 'snapshot', '--dry-run');
    expect([dry.code, secretId('api')]).toEqual([0, before]);
    for (let day = 0; day < 2; day++) {
      const itself = secretId('secret-ids');
      const next = await byJob('--without', 'snapshot');
      expect([next.code, failedOf(next)]).toEqual([0, []]);
      expect(secretId('secret-ids')).not.toBe(itself);
      for (const shown of [next.stdout, next.stderr])
        for (const name of readdirSync(at('approle'))) expect(shown).not.toContain(secretId(name));
    }
    expect(secretId('api')).not.toBe(before);
    expect(await tokensOf('primary', 'prod-secret-ids')).toBe(0);
  });

  test('who is not here gets none', async () => {
    const before = secretId('valkey-reloader');
    const made = await byJob('--without', 'valkey-reloader', 'traefik', 'snapshot');
    expect([made.code, made.json.secretIds!.length]).toEqual([0, identitiesIn('prod').length - 3]);
    expect(secretId('valkey-reloader')).toBe(before);
    const two = await byJob('--only', 'api', 'minio');
    expect(two.json.secretIds!.map(({ name }) => name)).toEqual(['api', 'minio']);
    const both = await byJob('--only', 'api', '--without', 'minio');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('exclude each other')]);
  });

  test('the one that takes snapshots renews itself, and nobody else', async () => {
    const itself = ['--to', at('approle'), '--approle', at('approle/snapshot')];
    const before = secretId('snapshot');
    expect((await rotate(...prod, ...itself, '--only', 'snapshot')).code).toBe(0);
    expect(secretId('snapshot')).not.toBe(before);
    const other = await rotate(...prod, ...itself, '--only', 'api');
    expect([other.code, other.json.secretIds![0]!.error?.code]).toEqual([1, 'VAULT_DENIED']);
  });

  test('in the cluster each Secret is changed, with the token of the pod, and none is read', async () => {
    const names = readdirSync(at('approle')).filter(
      (name) => name !== 'valkey-reloader' && name !== 'snapshot',
    );
    for (const name of names) api.secret('homepage-prod', `approle-${name}`);
    const inPod = (...args: string[]): Promise<Ran> =>
      run(vaults.primary, ['rotate', 'secret-ids', ...asJob(), ...toSecrets, ...args], api.env);
    const dry = await inPod('--without', 'snapshot', '--dry-run');
    // There is no Secret of that name, and nobody said that there need not be.
    expect([dry.code, failedOf(dry)]).toEqual([1, [['valkey-reloader', 'CLUSTER_SECRET_MISSING']]]);
    expect([...api.secrets.values()].every((data) => Object.keys(data).length === 0)).toBe(true);

    const done = await inPod('--without', 'valkey-reloader', 'snapshot');
    expect([done.code, failedOf(done)]).toEqual([0, []]);
    expect(done.json.secretIds!.find(({ name }) => name === 'traefik')!.place).toBe(
      'Secret homepage-prod/approle-traefik',
    );
    for (const name of names) {
      const data = api.secret('homepage-prod', `approle-${name}`);
      expect(Object.keys(data).toSorted()).toEqual(['role-id', 'secret-id']);
      const [roleId, secretId] = ['role-id', 'secret-id'].map((key) =>
        Buffer.from(data[key]!, 'base64').toString(),
      );
      expect(done.stdout + done.stderr).not.toContain(secretId);
      // It opens: of the job, whose token may end itself, and of a service by the name of its role.
      if (name === 'secret-ids')
        await withSignIn(vaults.primary.client, { roleId: roleId!, secretId: secretId! }, async () => {});
      if (name === 'traefik') expect(roleId).toBe('prod-traefik');
    }
    expect(new Set(api.asked.map(({ method }) => method))).toEqual(new Set(['PATCH']));
    for (const { headers } of api.asked) expect(headers.accept).toContain('as=PartialObjectMetadata');
  });

  test('what the cluster refuses is named for each, and what is there stays', async () => {
    const before = structuredClone([...api.secrets]);
    const told = async (env: Record<string, string>, ...args: string[]): Promise<unknown> => {
      const words = [...asJob(), ...toSecrets, '--without', 'snapshot', ...args];
      const said = await run(vaults.primary, ['rotate', 'secret-ids', ...words], env);
      expect(said.code).toBe(1);
      return said.json.error?.code ?? [...new Set(said.json.secretIds!.map(({ error }) => error?.code))];
    };
    writeFileSync(at('account/token'), 'of another pod');
    expect(await told(api.env)).toEqual(['CLUSTER_REFUSED']);
    writeFileSync(at('account/token'), TOKEN);
    const right = readFileSync(at('account/ca.crt'), 'utf8');
    writeFileSync(at('account/ca.crt'), (await makeAuthority('another')).certificate);
    expect(await told(api.env)).toEqual(['CLUSTER_AWAY']);
    writeFileSync(at('account/ca.crt'), right);
    expect(await told({ ...api.env, KUBERNETES_SERVICE_PORT: '1' })).toEqual(['CLUSTER_AWAY']);
    expect(await told(api.env, '--namespace', 'elsewhere')).toEqual(['CLUSTER_SECRET_MISSING']);
    expect(await told({ KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '' })).toBe(
      'CLUSTER_NOT_IN_POD',
    );
    expect([...api.secrets]).toEqual(before);
  });

  test('a job of the bootstrap renews itself there', async () => {
    const bootstrap = (...args: string[]): Promise<Ran> =>
      run(vaults.bootstrap, ['rotate', 'secret-ids', 'bootstrap', ...args], api.env);
    const first = await bootstrap('--to', at('approle'), '--keys-file', keysFile.bootstrap);
    expect([first.code, first.json.secretIds]).toMatchObject([0, [{ name: 'bootstrap-snapshot', ok: true }]]);
    const data = api.secret('vault', 'approle-bootstrap-snapshot');
    const next = await bootstrap('--approle', at('approle/bootstrap-snapshot'), ...toSecrets);
    expect(next.code).toBe(0);
    const made = Buffer.from(data['secret-id']!, 'base64').toString();
    expect(made).not.toBe(secretId('bootstrap-snapshot'));
    writeFileSync(at('approle/bootstrap-snapshot/secret-id'), made);
  });

  test.each([
    ['primary', 'snapshot', 'prod-snapshot'],
    ['bootstrap', 'bootstrap-snapshot', 'bootstrap-snapshot'],
  ] as const)(
    'a snapshot of the %s needs nobody: its token ends with the run',
    async (server, files, role) => {
      const target = at('target');
      const args = ['snapshot', server, '--to', `file://${target}`, '--recipient', recipient];
      const taken = await run(vaults[server], [...args, '--approle', at('approle', files)]);
      expect([taken.code, taken.json.targets]).toMatchObject([0, [{ ok: true }]]);
      const { id } = taken.json.targets![0]!.snapshot!;
      expect(existsSync(join(target, 'vault', server, id, 'snapshot.age'))).toBe(true);
      expect(await tokensOf(server, role)).toBe(0);
      // A job with another right takes none.
      if (server === 'primary') {
        const other = await run(vaults[server], [...args, '--approle', at('approle/secret-ids')]);
        expect([other.code, other.json.error?.code]).toEqual([1, 'VAULT_DENIED']);
      }
    },
  );

  test('old ones go by the rule of the backups, of each Vault by itself; the newest stays', async () => {
    const target = at('target');
    // A folder stays when what was in it is removed.
    const stored = (server: string): string[] =>
      readdirSync(join(target, 'vault', server))
        .filter((id) => readdirSync(join(target, 'vault', server, id)).length > 0)
        .toSorted();
    const [newest] = stored('primary');
    for (const days of [40, 50]) {
      const id = newId(new Date(Date.now() - days * 86_400_000));
      const text = readFileSync(join(target, 'vault/primary', newest!, 'manifest.json'), 'utf8');
      mkdirSync(join(target, 'vault/primary', id));
      writeFileSync(join(target, 'vault/primary', id, 'manifest.json'), text.replaceAll(newest!, id));
      writeFileSync(
        join(target, 'vault/primary', id, 'snapshot.age'),
        readFileSync(join(target, 'vault/primary', newest!, 'snapshot.age')),
      );
    }
    const all = stored('primary');
    const [oldest, older] = all;
    const bootstrap = stored('bootstrap');
    const prune = (...args: string[]): Promise<Ran> =>
      run(vaults.primary, ['snapshots', 'prune', '--from', `file://${target}`, ...args]);
    // Four stay without a word about it.
    expect((await prune()).json.targets).toMatchObject([{ servers: [{ removed: [] }, { removed: [] }] }]);
    const keep = ['--keep-days', '30', '--keep-at-least', '1'];
    const dry = await prune(...keep, '--dry-run');
    expect(dry.json.targets![0]!.servers).toMatchObject([
      { server: 'primary', removed: [oldest, older], kept: 1 },
      { server: 'bootstrap', removed: [], kept: 1 },
    ]);
    expect(stored('primary')).toEqual(all);
    expect((await prune('--keep-days', '45', '--keep-at-least', '1')).code).toBe(0);
    expect(stored('primary')).toEqual([older, newest]);
    expect((await prune(...keep)).code).toBe(0);
    expect([stored('primary'), stored('bootstrap')]).toEqual([[newest], bootstrap]);
    const list = await run(vaults.primary, ['snapshots', '--from', `file://${target}`]);
    expect(list.json.targets).toMatchObject([{ snapshots: [{ id: newest }, { id: bootstrap[0] }] }]);
  });

  test('a target that is away fails alone; wrong use is told', async () => {
    const prune = await run(vaults.primary, ['snapshots', 'prune'], {
      BACKUP_TO: `s3://key:secret@bucket?endpoint=https://127.0.0.1:1,file://${at('target')}`,
    });
    expect([prune.code, prune.json.targets!.map(({ ok }) => ok)]).toEqual([1, [false, true]]);
    const told = async (...args: string[]): Promise<unknown> => {
      const { code, json } = await run(vaults.primary, args);
      return [code, json.error!.code];
    };
    const [to, approle] = [
      ['--to', at('approle')],
      ['--approle', at('approle/secret-ids')],
    ];
    const usage = [2, 'USAGE'];
    expect(await told('rotate', 'secret-ids', ...to, ...approle)).toEqual(usage);
    expect(await told('rotate', 'secret-ids', 'bootstrap', ...prod, ...to, ...approle)).toEqual(usage);
    expect(await told('rotate', 'secret-ids', ...prod, ...approle)).toEqual(usage);
    expect(await told('rotate', 'secret-ids', ...prod, ...approle, ...to, ...toSecrets)).toEqual(usage);
    expect(await told('rotate', 'secret-ids', ...prod, ...approle, ...to, '--without', 'apii')).toEqual(
      usage,
    );
    const both = [...prod, ...to, ...approle, '--keys-file', keysFile.primary];
    expect(await told('rotate', 'secret-ids', ...both)).toEqual(usage);
    expect(await told('snapshots', 'prune', '--keep-days', '0', '--from', `file://${at('target')}`)).toEqual(
      usage,
    );
    expect(await told('rotate', 'secret-ids', ...prod, ...to, '--approle', at('nothing'))).toEqual([
      1,
      'VAULT_SIGN_IN_UNREADABLE',
    ]);
    mkdirSync(at('stale'));
    writeFileSync(at('stale/role-id'), readFileSync(at('approle/secret-ids/role-id')));
    writeFileSync(at('stale/secret-id'), 'of-long-ago');
    expect(await told('rotate', 'secret-ids', ...prod, ...to, '--approle', at('stale'))).toEqual([
      1,
      'VAULT_SIGN_IN_REFUSED',
    ]);
  });
});
