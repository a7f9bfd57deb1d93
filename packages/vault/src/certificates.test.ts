/** What each service's role signs, and what it refuses to: asked of a real Vault, looked at by OpenSSL's rules. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import { makeOwnFolder } from '@homepage/testkit/services';
import { startVaults, type Vaults } from '@homepage/testkit/vaults';
import { makeIntermediate, renewIntermediate } from './authorities.ts';
import type { Vault } from './client/client.ts';
import { INTERMEDIATE_LIFE, LEAF_LIFE, namesOf, ROOT_LIFE } from './desired/primary.ts';
import { services } from './desired/services.ts';
import { up } from './up.ts';

const [SERVER, CLIENT] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
type Issued = { leaf: X509Certificate; intermediate: X509Certificate; root: X509Certificate };

describe.skipIf(missing('vault'))('certificates', () => {
  let vaults: Vaults;
  beforeAll(async () => {
    vaults = await startVaults();
  });
  afterAll(() => vaults.remove());
  const asRoot = <Result>(work: (root: Vault) => Promise<Result>): Promise<Result> =>
    vaults.asRoot('primary', work);
  const issue = async (root: Vault, service: string, fields: Record<string, string>): Promise<Issued> => {
    const { data } = await root.make(`pki-prod/issue/${service}`, fields);
    const { certificate, ca_chain: chain } = data as { certificate: string; ca_chain: string[] };
    const [leaf, intermediate, root10] = [certificate, ...chain].map((pem) => new X509Certificate(pem));
    return { leaf: leaf!, intermediate: intermediate!, root: root10! };
  };
  const life = ({ validFromDate, validToDate }: X509Certificate): number =>
    (validToDate.getTime() - validFromDate.getTime()) / 1000;

  test.each(services.map((service) => ({ ...service })))(
    'of $name are what they should be',
    async (service) => {
      const environment = vaults.environment('prod');
      const names = namesOf(environment, service);
      const { leaf, intermediate, root } = await asRoot((vault) =>
        issue(vault, service.name, { common_name: service.commonName, alt_names: names.join(',') }),
      );
      expect(leaf.subject).toBe(`CN=${service.commonName}`);
      const said = (leaf.subjectAltName ?? '').split(', ').map((name) => name.replace('DNS:', ''));
      expect(said.toSorted()).toEqual(names.toSorted());
      const purposes = { server: [SERVER], client: [CLIENT], both: [SERVER, CLIENT] }[service.purpose];
      expect(leaf.keyUsage?.toSorted()).toEqual(purposes);
      expect([leaf.ca, intermediate.ca, root.ca]).toEqual([false, true, true]);
      expect(leaf.checkIssued(intermediate) && leaf.verify(intermediate.publicKey)).toBe(true);
      expect(intermediate.checkIssued(root) && intermediate.verify(root.publicKey)).toBe(true);
      expect(root.verify(root.publicKey)).toBe(true);
      // Vault lets them begin half a minute ago.
      expect(life(leaf) - LEAF_LIFE).toBe(30);
      expect(Math.abs(life(intermediate) - INTERMEDIATE_LIFE)).toBeLessThanOrEqual(60);
      expect(Math.abs(life(root) - ROOT_LIFE)).toBeLessThanOrEqual(60);
    },
  );

  test.each([
    ['another service’s name', { common_name: 'homepage-postgresql' }],
    ['a name below its own', { common_name: 'x.homepage-api' }],
    ['every name', { common_name: '*' }],
    ['a second name of somebody else', { common_name: 'homepage-api', alt_names: 'homepage-migrate' }],
    ['an address', { common_name: 'homepage-api', ip_sans: '10.0.0.1' }],
    ['a URI', { common_name: 'homepage-api', uri_sans: 'spiffe://a/b' }],
    ['no name', {}],
  ])('of the API cannot have %s', async (_what, fields) => {
    await asRoot((root) =>
      expect(root.make('pki-prod/issue/api', fields)).rejects.toMatchObject({ code: 'VAULT_REFUSED' }),
    );
  });

  test('do not live longer than they should, whatever is asked', async () => {
    const { leaf } = await asRoot((root) =>
      issue(root, 'api', { common_name: 'homepage-api', ttl: '87600h' }),
    );
    expect(life(leaf) - LEAF_LIFE).toBe(30);
  });

  test('of a new intermediate and of the one before are both good, and come from the same root', async () => {
    await asRoot(async (vault) => {
      const before = await issue(vault, 'api', { common_name: 'homepage-api' });
      await makeIntermediate(vault, 'prod');
      const after = await issue(vault, 'api', { common_name: 'homepage-api' });
      expect(after.intermediate.serialNumber).not.toBe(before.intermediate.serialNumber);
      expect(after.leaf.verify(before.intermediate.publicKey)).toBe(false);
      expect(after.root.raw.equals(before.root.raw)).toBe(true);
      for (const { leaf, intermediate, root } of [before, after]) {
        expect(leaf.verify(intermediate.publicKey) && intermediate.verify(root.publicKey)).toBe(true);
      }
    });
  });

  test('of dev mean nothing in prod', async () => {
    await asRoot(async (vault) => {
      const prod = await issue(vault, 'api', { common_name: 'homepage-api' });
      const { data } = await vault.make('pki-dev/issue/api', { common_name: 'homepage-api' });
      const [, root] = (data!['ca_chain'] as string[]).map((pem) => new X509Certificate(pem));
      expect(root!.fingerprint256).not.toBe(prod.root.fingerprint256);
    });
  });

  test('of a root whose key is in Vault: no key is taken, and its own is there afterwards', async () => {
    await asRoot(async (root) => {
      const keys = await root.list('pki-root-prod/keys');
      expect(keys).toHaveLength(1);
      const garbage = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n';
      const strange = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
      for (const key of [garbage, strange.export({ type: 'pkcs8', format: 'pem' }).toString()])
        await expect(renewIntermediate(root, 'prod', key)).rejects.toMatchObject({
          code: 'VAULT_ROOT_KEY_THERE',
        });
      expect(await root.list('pki-root-prod/keys')).toEqual(keys);
      expect((await renewIntermediate(root, 'prod', undefined)).ca).toBe(true);
    });
  });

  test('of a root whose key is kept outside: only with it is there another intermediate', async () => {
    const folder = makeOwnFolder('root-keys');
    const identity = await generateIdentity();
    const rootKeys = { recipients: [await identityToRecipient(identity)], folder: folder.path };
    const wanted = { ...vaults.primary.wanted, rootKeys };
    const keyFiles = (environment: string): string[] =>
      readdirSync(folder.path)
        .filter((name) => new RegExp(`^root-${environment}-key-[0-9a-f]{8}\\.age$`).test(name))
        .map((name) => join(folder.path, name));
    await asRoot(async (root) => {
      await expect(up(root, wanted)).rejects.toMatchObject({ code: 'VAULT_ROOT_KEY_INSIDE' });
      for (const mount of ['pki-root-dev', 'pki-dev', 'pki-root-prod', 'pki-prod'])
        await root.remove(`sys/mounts/${mount}`);
      // Ended between the answer and the file: nobody has that key.
      await expect(
        up(root, wanted, {
          onStep({ name }) {
            if (name === 'intermediate authority of dev') throw new Error('killed');
          },
        }),
      ).rejects.toThrow('killed');
      const [first] = keyFiles('dev');
      rmSync(first!);
      // Of another Vault: not taken for it, and not written over.
      const other = first!.replace(/[0-9a-f]{8}\.age$/, '00000000.age');
      writeFileSync(other, 'the only key of another root');
      const { work } = await up(root, wanted);
      expect(work.map(({ name }) => name)).toContain('root authority of dev whose key was never written');
      expect((await up(root, wanted)).work).toEqual([]);
      expect(readFileSync(other, 'utf8')).toBe('the only key of another root');
      rmSync(other);
      expect(existsSync(first!)).toBe(false);
      expect(await root.list('pki-root-dev/keys')).toEqual([]);
      await expect(renewIntermediate(root, 'dev', undefined)).rejects.toMatchObject({
        code: 'VAULT_ROOT_KEY_AWAY',
      });

      const read = async (environment: string): Promise<string> => {
        const decrypter = new Decrypter();
        decrypter.addIdentity(identity);
        const text = readFileSync(keyFiles(environment)[0]!, 'utf8');
        return decrypter.decrypt(armor.decode(text), 'text');
      };
      const garbage = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n';
      for (const key of [await read('prod'), garbage])
        await expect(renewIntermediate(root, 'dev', key)).rejects.toMatchObject({
          code: 'VAULT_ROOT_KEY_WRONG',
        });
      expect(await root.list('pki-root-dev/keys')).toEqual([]);
      const renewed = await renewIntermediate(root, 'dev', await read('dev'));
      expect(await root.list('pki-root-dev/keys')).toEqual([]);
      const { data } = await root.make('pki-dev/issue/api', { common_name: 'homepage-api' });
      expect(new X509Certificate(data!['issuing_ca'] as string).serialNumber).toBe(renewed.serialNumber);
    });
    folder.remove();
  });
});
