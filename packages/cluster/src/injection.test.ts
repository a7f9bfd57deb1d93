/** The annotations of every injected pod, given to the real agent the way the injector does: its init container ends with all files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '@homepage/platform';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder, startVaultAgent } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import {
  filesOf,
  onKubernetes,
  services,
  withSentinels,
  type Environment,
  type Service,
} from '@homepage/vault';
import { injectionPatch } from './injection.ts';
import { isJob, shapes, workloadsIn, type Shape, type Workload } from './workloads.ts';

type Patch = {
  spec: {
    template?: { metadata: { annotations: Record<string, string> } };
    jobTemplate?: { spec: { template: { metadata: { annotations: Record<string, string> } } } };
  };
};

const vaultFolder = resolve(import.meta.dirname, '../../../deploy/vault');
type Injected = { name: string; workload: Workload; shape: Shape };
/** Those of prod-ha that are not as in prod besides. */
const injected = shapes
  .flatMap((shape) =>
    workloadsIn(shape)
      .filter(({ vault }) => vault !== undefined)
      .map((workload): Injected => ({ name: `${workload.name} (${shape})`, workload, shape })),
  )
  .filter(
    ({ workload, shape }) => shape === 'single' || serviceOf(workload).several || workload.only === 'ha',
  );
const PREFIX = 'vault.hashicorp.com/';

function serviceOf({ vault }: Workload): Service {
  return services.find(({ name }) => name === vault)!;
}

/** What `secretFilesOf` goes by, as the overlay has it. */
const placeOf = (shape: Shape): Environment =>
  shape === 'ha' ? withSentinels(onKubernetes('prod')) : onKubernetes('prod');

function annotationsOf({ workload, shape }: Pick<Injected, 'workload' | 'shape'>): Record<string, string> {
  const { spec } = injectionPatch(workload, 'prod', shape, vaultFolder) as Patch;
  const template = spec.template ?? spec.jobTemplate!.spec.template;
  return Object.fromEntries(
    Object.entries(template.metadata.annotations).map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

const named = (annotations: Record<string, string>, prefix: string): string[] =>
  Object.keys(annotations)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));

describe('annotations', () => {
  test.each(injected)('of $name say all, and end a job', ({ workload, shape }) => {
    const annotations = annotationsOf({ workload, shape });
    const files = named(annotations, 'agent-inject-secret-');
    const written = filesOf(placeOf(shape), serviceOf(workload)).filter(
      (file) => !/^(tls|ca)\.(crt|key)$/.test(file),
    );
    expect(files.toSorted()).toEqual(written.toSorted());
    for (const prefix of ['agent-inject-template-', 'agent-inject-perms-', 'error-on-missing-key-'])
      expect(named(annotations, prefix).toSorted()).toEqual(files.toSorted());
    expect(annotations['agent-pre-populate-only']).toBe(isJob(workload) ? 'true' : undefined);
    // Vault may be away for as long as it may for agents that are configured by file.
    const inFile = /lease_renewal_threshold = (\S+)/.exec(
      readFileSync(join(vaultFolder, 'agent/agent.hcl'), 'utf8'),
    )![1];
    expect(annotations['template-lease-renewal-threshold']).toBe(inFile);
    expect(annotations['agent-run-as-user']).toBe(String(workload.user));
  });

  test('for Valkey let who loads its list of users do nothing else', () => {
    for (const shape of shapes) {
      const workload = workloadsIn(shape).find(({ name }) => name === 'valkey')!;
      const users = annotationsOf({ workload, shape })['agent-inject-template-users.acl'];
      expect(users).toContain('user api on');
      expect(users).toMatch(/^user reloader on .* -@all \+acl\|load$/m);
    }
  });
});

describe.skipIf(missing('vault'))('what the agent makes of them', () => {
  let vaults: Vaults;
  const started: { remove(): Promise<void> | void }[] = [];
  const own = <Part extends { remove(): Promise<void> | void }>(part: Part): Part => {
    started.push(part);
    return part;
  };
  beforeAll(async () => {
    vaults = await startVaults();
    await vaults.asRoot('primary', async (root) => {
      await root.write('kv/data/prod/api/github', { data: { clientId: 'id', clientSecret: 'secret' } });
      // This Vault knows its servers by other names than the cluster's.
      for (const { name } of services)
        await root.write(`pki-prod/roles/${name}`, {
          allow_any_name: true,
          enforce_hostnames: false,
          ttl: '1h',
        });
    });
  });
  afterAll(async () => {
    for (const part of started.toReversed()) await part.remove();
    await vaults.remove();
  });

  test.each(injected)('for $name is all that it reads', async ({ workload, shape }) => {
    const annotations = annotationsOf({ workload, shape });
    const folder = own(makeOwnFolder('secrets')).path;
    const { caFile, roleIdFile, secretIdFile } = await vaults.signInFiles('prod', workload.vault!);
    const templates = named(annotations, 'agent-inject-secret-').map((file) =>
      [
        'template {',
        `  destination = "${join(folder, file)}"`,
        `  perms = "${annotations[`agent-inject-perms-${file}`]}"`,
        `  error_on_missing_key = ${annotations[`error-on-missing-key-${file}`]}`,
        `  contents = ${JSON.stringify(
          annotations[`agent-inject-template-${file}`]!.replaceAll('/vault/secrets', folder),
        )}`,
        '}',
      ].join('\n'),
    );
    const agent = own(
      await startVaultAgent({
        files: named(annotations, 'agent-inject-secret-').map((file) => join(folder, file)),
        configuration: [
          `vault {\n  address = "${vaults.primary.process.address}"\n  ca_cert = "${caFile}"\n}`,
          'exit_after_auth = true',
          'template_config {',
          `  exit_on_retry_failure = ${annotations['template-config-exit-on-retry-failure']}`,
          `  static_secret_render_interval = "${annotations['template-static-secret-render-interval']}"`,
          `  lease_renewal_threshold = ${annotations['template-lease-renewal-threshold']}`,
          '}',
          'auto_auth {',
          `  method "${annotations['auth-type']}" {`,
          `    mount_path = "${annotations['auth-path']}"`,
          '    config = {',
          `      role_id_file_path = "${roleIdFile}"`,
          `      secret_id_file_path = "${secretIdFile}"`,
          `      remove_secret_id_file_after_reading = ${annotations['auth-config-remove-secret-id-file-after-reading']}`,
          '    }\n  }\n}',
          ...templates,
        ].join('\n'),
      }),
    );
    await expect.poll(() => agent.service.running).toBe(false);

    const files = readdirSync(folder);
    for (const file of files) {
      expect([file, (statSync(join(folder, file)).mode & 0o777).toString(8)]).toEqual([file, '600']);
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/<no value>|\{\{/);
    }
    if (workload.name === 'minio') {
      expect(files).toEqual(
        expect.arrayContaining(['public.crt', 'private.key', 'ca.crt', 'root-user', 'root-password']),
      );
      return;
    }
    expect(files.toSorted()).toEqual(filesOf(placeOf(shape), serviceOf(workload)).toSorted());
    const settings = readSettings({ SECRETS_DIR: folder });
    expect(settings.tls).toBeDefined();
    if (files.includes('backup-to')) expect(settings.backup.to.map(({ kind }) => kind)).toEqual(['s3']);
  });
});
