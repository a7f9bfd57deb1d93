/** Every certificate and every kind of secret is changed in Vault, and a new intermediate signs, while visitors read and write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { openStorage, readSettings } from '@homepage/platform';
import { makeFolder } from '@homepage/testkit';
import { serialShown, type Bundle } from '@homepage/testkit/services';
import type { VaultPlatform } from '@homepage/testkit/vault-platform';
import { renewIntermediate, secretNamed, setValues, type Vault } from '@homepage/vault';
import type { Drill } from '../outcome.ts';
import {
  changeCachePassword,
  DOORS,
  endedOnesAreRefused,
  leafOf,
  platformDrill,
  opensCache,
  refusal,
  reloadsOf,
  serialAt,
  shownAt,
  takenOver,
  until,
  opensIt,
  type PlatformScene,
} from './whole-platform.ts';

const ENVIRONMENT = 'prod';
/** Vault dates a certificate back by this, for clocks that differ. */
const DATED_BACK_MS = 30_000;

const asRoot = <Result>({ vaults }: VaultPlatform, work: (root: Vault) => Promise<Result>): Promise<Result> =>
  vaults.asRoot('primary', work);

const certificatesOf = (
  platform: VaultPlatform,
): Record<'api' | 'frontend' | 'postgresql' | 'valkey', Bundle> => ({
  api: platform.bundleOf('api'),
  frontend: platform.bundleOf('frontend'),
  postgresql: platform.bundleOf('postgresql'),
  valkey: platform.bundleOf('valkey'),
});

/**
 * Waits until each door shows a certificate other than `old`, and PostgreSQL was signed in to with another one.
 * @returns seconds from when Vault signed it until it was shown, by door
 */
async function renewedEverywhere(
  platform: VaultPlatform,
  old: Record<'api' | 'postgresql' | 'valkey', Bundle>,
): Promise<string> {
  const times = await Promise.all(
    DOORS.map(async (door) => {
      const before = leafOf(old[shownAt(door)]).serialNumber;
      let shown = before;
      await until(`${door} shows a new certificate`, async () => {
        shown = await serialAt(platform, door).catch(() => before);
        return shown !== before;
      });
      const now = Date.now();
      const leaf = leafOf(platform.bundleOf(shownAt(door)));
      const seconds = (now - leaf.validFromDate.getTime() - DATED_BACK_MS) / 1000;
      // Renewed again meanwhile: nobody knows when that one was signed.
      return `${door} ${leaf.serialNumber === shown ? seconds.toFixed(1) : '–'} s`;
    }),
  );
  const signedIn = BigInt(`0x${leafOf(old.api).serialNumber}`).toString();
  await until('the API signs in to PostgreSQL with a new certificate', () => {
    const serials = platform.postgresql.sql(
      `select distinct client_serial from pg_stat_ssl join pg_stat_activity using (pid)
       where usename = 'homepage_app'`,
    );
    return serials !== '' && !serials.split('\n').includes(signedIn);
  });
  return times.join(', ');
}

async function rotate({ platform, say }: PlatformScene): Promise<{ broken: string[]; detail: string }> {
  const broken: string[] = [];
  const old = certificatesOf(platform);
  const oldMinio = leafOf(platform.bundleOf('minio')).serialNumber;
  for (const door of DOORS) {
    const why = await refusal(platform, door, old[opensIt(door)]);
    if (why !== undefined) broken.push(`${door} refused the certificate of ${opensIt(door)}: ${why}`);
  }
  const link = await draftLink(platform);
  const replicasRead = async (url: string): Promise<boolean> => {
    const paths = platform.replicas.map(({ address }) => address + new URL(url).pathname);
    return (await Promise.all(paths.map(async (one) => (await platform.fetch(one)).ok))).every(Boolean);
  };
  const timed = async (work: () => Promise<void>): Promise<string> => {
    const start = performance.now();
    await work();
    return `${((performance.now() - start) / 1000).toFixed(1)} s`;
  };
  const set = (path: string, values: Record<string, string | undefined>): Promise<unknown> =>
    asRoot(platform, (root) => setValues(root, ENVIRONMENT, secretNamed(path), values));
  const file = (name: string): string =>
    readFileSync(join(platform.agents.get('api')!.secrets, name), 'utf8');

  say('the session key, the storage’s access key and GitHub’s client secret change …');
  const firstStorage = readSettings({ SECRETS_DIR: platform.agents.get('api')!.secrets }).storage!;
  const key = await platform.addAccessKey();
  const reloads = await reloadsOf(platform, 'storage');
  await set('api/session-key', { current: undefined });
  await set('minio/site', key);
  await set('api/github', { clientSecret: 'second' });
  const oldKeys = file('session-key');
  const [session, storage, github] = await Promise.all([
    timed(async () => {
      await until('the API’s agent writes a new session key', () => file('session-key') !== oldKeys);
      const next = await draftLink(platform);
      await until('both replicas believe what the new key signed', () => replicasRead(next));
      if (!(await replicasRead(link)))
        broken.push('a link of the session key before is not believed any more');
    }),
    timed(async () => {
      await takenOver(platform, 'storage', reloads);
    }),
    timed(() =>
      until('the API’s agent writes the client secret', () => file('github.json').includes('second')),
    ),
  ]);
  await platform.removeAccessKey({ accessKey: firstStorage.accessKey, secretKey: '' });
  const thief = await openStorage({ dataDir: '', storage: firstStorage });
  const stolen = await thief.has('media/anything').then(
    () => 'opened',
    () => 'refused',
  );
  thief.close();
  if (stolen !== 'refused') broken.push('the access key of before still opens the bucket');

  say('passwords of Valkey change, twice, that of who loads them, too …');
  const passwordIn = (): string =>
    readSettings({ SECRETS_DIR: platform.agents.get('api')!.secrets }).cache!.password!;
  const firstPassword = passwordIn();
  const changePassword = async (): Promise<string> => {
    await set('valkey/user-reloader', { password: undefined });
    return (await changeCachePassword(platform, (path) => set(path, { password: undefined }))).seconds;
  };
  const passwords = [await changePassword()];
  if (!(await opensCache(platform, firstPassword)))
    broken.push('Valkey refused the password of before the first change: there was a gap');
  passwords.push(await changePassword());
  await until('the first password opens nothing', async () => !(await opensCache(platform, firstPassword)));

  say('certificates are renewed …');
  const [times] = await Promise.all([
    renewedEverywhere(platform, old),
    minioShowsAnother(platform, oldMinio),
  ]);
  say('the ones before end …');
  broken.push(...(await endedOnesAreRefused(platform, old)));
  return {
    broken,
    detail:
      `From Vault to use: certificates at ${times}; session key ${session}, access key of the storage ${storage}, ` +
      `password of Valkey ${passwords.join(' s and ')} s, ` +
      `GitHub’s client secret ${github} (in its file). Certificates of before were refused by every door once they ended, ` +
      'the old access key at once; links of the old session key went on. MinIO showed a new certificate, too. PostgreSQL has no passwords, and neither it nor Valkey was restarted.',
  };
}

async function minioShowsAnother({ minio }: VaultPlatform, old: string): Promise<void> {
  const port = Number(new URL(minio.connection.endpoint).port);
  await until('MinIO shows a new certificate', async () => (await serialShown(port)) !== old);
}

async function draftLink(platform: VaultPlatform): Promise<string> {
  const content = makeFolder();
  try {
    content.write({ 'posts/secret-plan.md': '---\ntitle: Secret plan\ndraft: true\n---\nHush.\n' });
    const imported = await platform.homepage(['import', content.path]);
    const made = await platform.homepage(['preview', 'secret-plan', '--json']);
    if (made.code !== 0) throw new Error(imported.stderr + made.stderr);
    return (JSON.parse(made.stdout) as { url: string }).url;
  } finally {
    content.remove();
  }
}

async function renew({ platform, say }: PlatformScene): Promise<{ broken: string[]; detail: string }> {
  const old = certificatesOf(platform);
  const first = intermediateIn(old.api);
  say('a new intermediate signs …');
  const second = await asRoot(platform, (root) => renewIntermediate(root, ENVIRONMENT, undefined));
  const broken: string[] = [];
  if (second.serialNumber === first.serialNumber) broken.push('it is the same intermediate');
  // The first agent that renews: from then on there are leaves of both.
  const generations = (): Set<string> =>
    new Set(Object.values(certificatesOf(platform)).map((bundle) => intermediateIn(bundle).serialNumber));
  await until('leaves of both intermediates are in use', () => generations().size === 2);
  for (const door of DOORS) {
    for (const bundle of [old[opensIt(door)], platform.bundleOf(opensIt(door))]) {
      const why = await refusal(platform, door, bundle);
      if (why !== undefined) broken.push(`${door} refused one of the two generations: ${why}`);
    }
  }
  say('everybody renews …');
  const times = await renewedEverywhere(platform, old);
  await until('only the new intermediate is in use', () => [...generations()].join() === second.serialNumber);
  say('the old intermediate goes, and what it signed ends …');
  await asRoot(platform, async (root) => {
    for (const id of await root.list(`pki-${ENVIRONMENT}/issuers`)) {
      const { data } = (await root.read(`pki-${ENVIRONMENT}/issuer/${id}`))!;
      if (new X509Certificate(String(data!['certificate'])).serialNumber === first.serialNumber)
        await root.remove(`pki-${ENVIRONMENT}/issuer/${id}`);
    }
  });
  broken.push(...(await endedOnesAreRefused(platform, old)));
  const again = certificatesOf(platform);
  await renewedEverywhere(platform, again);
  return {
    broken,
    detail:
      `Leaves of both intermediates opened every door while both were good. From signature to handshake: ${times}. ` +
      'Once the old one was gone and its leaves had ended, they were refused, and everybody renewed with the new one.',
  };
}

/** tls.crt is the leaf and the one that signed it. */
function intermediateIn(bundle: Bundle): X509Certificate {
  const [, intermediate] = bundle['tls.crt'].split(/(?<=-----END CERTIFICATE-----\n)/);
  return new X509Certificate(intermediate!);
}

export const rotationUnderLoad: Drill = platformDrill(
  'rotation-under-load',
  'Certificates of every service, the session key, passwords of Valkey, the storage’s access key and GitHub’s secret change.',
  rotate,
);
export const intermediateRenewal: Drill = platformDrill(
  'intermediate-renewal',
  'A new intermediate signs, and the old one goes.',
  renew,
);
