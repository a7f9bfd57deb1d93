/** The real agent of every service, and real servers started from what it wrote: nothing else gave them a secret. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '@homepage/platform';
import { fetchAs, runHomepage, startSite } from '@homepage/testkit';
import { missing } from '@homepage/testkit/programs';
import {
  makeOwnFolder,
  serverUser,
  startMinio,
  startPostgresql,
  startValkey,
  startVaultAgent,
  type Bundle,
} from '@homepage/testkit/services';
import { startVaults, type RunningAgent, type Vaults } from '@homepage/testkit/vaults';
import { agentConfiguration, filesOf } from './agent.ts';
import { onKubernetes } from './desired/environment.ts';
import { services } from './desired/services.ts';

const site = { kv: 'kv/data/prod/minio/site', github: 'kv/data/prod/api/github' };

describe.skipIf(missing('vault', 'postgresql', 'valkey', 'minio'))('what the agent writes', () => {
  let vaults: Vaults;
  const started: { remove(): Promise<void> | void }[] = [];
  const own = <Part extends { remove(): Promise<void> | void }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const folder = own(makeOwnFolder('agents'));
  beforeAll(async () => {
    vaults = await startVaults();
    await vaults.asRoot('primary', (root) =>
      root.write(site.github, { data: { clientId: 'an "id"', clientSecret: 'two\nlines' } }),
    );
  });
  afterAll(async () => {
    for (const part of started.toReversed()) await part.remove();
    await vaults.remove();
  });
  const read = ({ secrets }: RunningAgent, file: string): string => readFileSync(join(secrets, file), 'utf8');
  const bundle = (agent: RunningAgent): Bundle => ({
    'tls.crt': read(agent, 'tls.crt'),
    'tls.key': read(agent, 'tls.key'),
    'ca.crt': read(agent, 'ca.crt'),
  });

  test.each(services.filter(({ signedOnly }) => !signedOnly).map((service) => ({ ...service })))(
    'for $name is complete and for it alone',
    async (service) => {
      const agent = own(await vaults.startAgent('prod', service.name));
      expect(readdirSync(agent.secrets).toSorted()).toEqual(
        filesOf(vaults.environment('prod'), service).toSorted(),
      );
      for (const file of filesOf(vaults.environment('prod'), service)) {
        expect([file, (statSync(join(agent.secrets, file)).mode & 0o777).toString(8)]).toEqual([file, '600']);
        expect(read(agent, file)).not.toMatch(/<no value>|\{\{|@\w+@/);
      }
      // Certificate, key and authority are checked against each other, every JSON file against its shape.
      expect(readSettings({ SECRETS_DIR: agent.secrets }).tls).toBeDefined();
      await agent.remove();
    },
  );

  test('is written once by an init container, which ends then', async () => {
    const agent = own(await vaults.startAgent('prod', 'backup', { once: true }));
    await expect.poll(() => agent.service.running).toBe(false);
    expect(readdirSync(agent.secrets)).toContain('storage.json');
  });

  test('starts PostgreSQL, Valkey, MinIO and the site', async () => {
    const postgresUser = serverUser().id;
    const postgresAgent = own(await vaults.startAgent('prod', 'postgresql', { user: postgresUser }));
    const postgresql = own(await startPostgresql(vaults.authority, { secrets: postgresAgent.secrets }));
    const minioAgent = own(await vaults.startAgent('prod', 'minio'));
    const minio = own(await startMinio({ tls: bundle(minioAgent) }));
    vaults.ports['postgresql'] = postgresql.port;
    vaults.ports['minio'] = Number(new URL(minio.connection.endpoint).port);
    const { accessKey, secretKey } = minio.connection;
    await vaults.asRoot('primary', (root) => root.write(site.kv, { data: { accessKey, secretKey } }));

    const users = ['exporter', 'reloader'] as const;
    const passwords = Object.fromEntries(
      await vaults.asRoot('primary', (root) =>
        Promise.all(
          (['api', ...users] as const).map(async (user) => {
            const answer = await root.read(`kv/data/prod/valkey/user-${user}`);
            return [user, (answer!.data!['data'] as { password: string }).password];
          }),
        ),
      ),
    ) as Record<'api' | 'exporter' | 'reloader', string>;
    const valkeyAgent = own(await vaults.startAgent('prod', 'valkey'));
    const frontend = own(await vaults.startAgent('prod', 'frontend'));
    const valkey = own(
      await startValkey(vaults.authority, {
        rendered: { secrets: valkeyAgent.secrets, passwords, client: bundle(frontend) },
      }),
    );
    vaults.ports['valkey'] = valkey.port;

    const migrate = own(await vaults.startAgent('prod', 'migrate'));
    const migrated = await runHomepage(['migrate', '--json'], folder.path, { SECRETS_DIR: migrate.secrets });
    expect(migrated).toMatchObject({ code: 0 });
    const api = own(await vaults.startAgent('prod', 'api'));
    const running = await startSite({
      dataDir: folder.path,
      env: { SECRETS_DIR: api.secrets, PUBLIC_URL: 'http://localhost:8080' },
    });
    own({ remove: () => running.stop() });
    const answer = await fetchAs(bundle(frontend))(`${running.address.replace('127.0.0.1', 'localhost')}/`);
    expect(answer.status).toBe(200);
    const ready = await fetch(`${running.opsAddress}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.anything()]);
    // What signs in to one server signs in to no other.
    const watching = async (server: 'postgresql' | 'valkey', as: string): Promise<number | null> => {
      const agent = own(await vaults.startAgent('prod', as));
      const folderOf = { postgresql: postgresAgent, valkey: valkeyAgent }[server].secrets;
      const args = ['certificates', 'watch', server, '--once', '--folder', folderOf];
      return (await runHomepage(args, folder.path, { SECRETS_DIR: agent.secrets })).code;
    };
    expect(await watching('postgresql', 'postgresql-reloader')).toBe(0);
    expect(await watching('valkey', 'valkey-reloader')).toBe(0);
    expect(await watching('postgresql', 'postgresql-exporter')).toBe(1);
    expect(await watching('valkey', 'valkey-exporter')).toBe(1);
  });

  test('is renewed when a third of its life is left, so that Vault may be away for as long', async () => {
    // Vault lets it begin half a minute ago: it lives for a minute, of which half is over.
    await vaults.asRoot('primary', (root) =>
      root.write('pki-dev/roles/frontend', {
        allowed_domains: 'homepage-frontend',
        allow_bare_domains: true,
        ttl: '30s',
      }),
    );
    const agent = own(await vaults.startAgent('dev', 'frontend'));
    const first = new X509Certificate(read(agent, 'tls.crt'));
    const shown = (): string => new X509Certificate(read(agent, 'tls.crt')).serialNumber;
    await expect.poll(shown, { timeout: 25_000 }).not.toBe(first.serialNumber);
    const life = first.validToDate.getTime() - first.validFromDate.getTime();
    expect((first.validToDate.getTime() - Date.now()) / life).toBeGreaterThan(0.2);
  });

  test('is not there when a key is missing, and the agent says which', async () => {
    await vaults.asRoot('primary', (root) =>
      root.write('kv/data/dev/valkey/user-exporter', { data: { pasword: 'of a typing error' } }),
    );
    const secrets = own(makeOwnFolder('secrets')).path;
    const { caFile, ...signIn } = await vaults.signInFiles('dev', 'valkey-exporter');
    const agent = own(
      await startVaultAgent({
        configuration: agentConfiguration({
          environment: vaults.environment('dev'),
          service: 'valkey-exporter',
          folder: vaults.primary.wanted.folder,
          vault: { address: vaults.primary.process.address, caFile },
          ...signIn,
          secrets,
        }),
        files: [],
      }),
    );
    await expect.poll(() => agent.service.log()).toMatch(/map has no entry for key \W*password/);
    expect(existsSync(join(secrets, 'cache.json'))).toBe(false);
  });

  test('can only be for a service that there is', () => {
    expect(() =>
      agentConfiguration({
        environment: vaults.environment('prod'),
        service: 'apii',
        folder: vaults.primary.wanted.folder,
        vault: { address: 'https://vault:8200', caFile: '/ca' },
        roleIdFile: '/r',
        secretIdFile: '/s',
        secrets: '/vault/secrets',
      }),
    ).toThrow(expect.objectContaining({ code: 'VAULT_SERVICE_UNKNOWN' }));
  });
});

test('a server whose port nobody wrote down is named, and no file tells an address without one', () => {
  expect(() => onKubernetes('prod').hosts('thumbnails')).toThrow(/"thumbnails" .* PORTS/);
});
