/** Somebody has all that the API has. It is taken back in the order of docs/vault.md while visitors read and write. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring, openStorage, readSettings } from '@homepage/platform';
import type { Bundle } from '@homepage/testkit/services';
import { revokeService, secretNamed, setValues, type Vault } from '@homepage/vault';
import type { Drill } from '../outcome.ts';
import {
  changeCachePassword,
  DOORS,
  endedOnesAreRefused,
  leafOf,
  opensCache,
  opensIt,
  platformDrill,
  refusal,
  until,
  type PlatformScene,
} from './whole-platform.ts';

const ENVIRONMENT = 'prod';
const SECRET = 'kv/data/prod/valkey/user-api';

async function takeBack({ platform, say }: PlatformScene): Promise<{ broken: string[]; detail: string }> {
  const broken: string[] = [];
  const { vaults } = platform;
  const agent = platform.agents.get('api')!;
  const asRoot = <Result>(work: (root: Vault) => Promise<Result>): Promise<Result> =>
    vaults.asRoot('primary', work);
  const read = (file: string): string => readFileSync(file, 'utf8');
  const ours = (file: string): string => read(join(agent.secrets, file));

  say('somebody copies all that the API has …');
  const stolen = {
    role_id: read(agent.signIn.roleIdFile),
    secret_id: read(agent.signIn.secretIdFile),
    settings: readSettings({ SECRETS_DIR: agent.secrets }),
    bundle: platform.bundleOf('api'),
    sessionKeys: ours('session-key'),
  };
  const signIn = async (): Promise<Vault> => {
    const { role_id, secret_id } = stolen;
    const { auth } = await vaults.primary.client.make('auth/approle/login', { role_id, secret_id });
    return vaults.primary.client.as(auth!.client_token);
  };
  const thief = await signIn();
  await thief.read(SECRET);
  const fresh = await thief.make(`pki-${ENVIRONMENT}/issue/api`, { common_name: 'homepage-api' });
  const forged: Bundle = {
    'tls.crt': `${String(fresh.data!['certificate'])}\n${String(fresh.data!['issuing_ca'])}\n`,
    'tls.key': String(fresh.data!['private_key']),
    'ca.crt': stolen.bundle['ca.crt'],
  };
  if ((await refusal(platform, 'postgresql', forged)) !== undefined)
    broken.push('what was stolen opened nothing before: the drill proves nothing');

  say('homepage vault revoke api …');
  const revoked = await asRoot((root) =>
    revokeService(root, ENVIRONMENT, 'api', (secretId) => {
      writeFileSync(agent.signIn.secretIdFile, secretId, { mode: 0o600 });
    }),
  );
  if (revoked.tokens < 2)
    broken.push(`${revoked.tokens} tokens were taken back: the agent and the thief had two`);
  const opens = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    if (
      await work().then(
        () => true,
        () => false,
      )
    )
      broken.push(`${what} still opens something`);
  };
  await opens('the stolen token', () => thief.ask('GET', SECRET, undefined, { again: false }));
  await opens('the stolen secret-id', signIn);

  say('what it knew is changed …');
  const key = await platform.addAccessKey();
  const set = (path: string, values: Record<string, string | undefined>): Promise<unknown> =>
    asRoot((root) => setValues(root, ENVIRONMENT, secretNamed(path), values));
  // Twice: what was the current key would be believed as the one before.
  await set('api/session-key', { current: undefined });
  await set('api/session-key', { current: undefined });
  await set('minio/site', key);
  await set('api/github', { clientSecret: 'second' });
  const start = performance.now();
  await until(
    'the agent signed in with the new secret-id and wrote the new values',
    () =>
      ours('session-key') !== stolen.sessionKeys &&
      ours('storage.json').includes(key.accessKey) &&
      ours('github.json').includes('second'),
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  // Twice, too: Valkey takes the password before until the next change.
  await changeCachePassword(platform, (path) => set(path, { password: undefined }));
  await changeCachePassword(platform, (path) => set(path, { password: undefined }));
  const [current] = stolen.sessionKeys.split('\n');
  const token = new Keyring({ current: Buffer.from(current!, 'base64'), previous: undefined }).sign(
    'preview',
    'post/anything',
    new Date(Date.now() + 60_000),
  );
  const believed = new Keyring(readSettings({ SECRETS_DIR: agent.secrets }).sessionKeys);
  if (believed.verify('preview', token) !== undefined) broken.push('the stolen session key is believed');
  await until('both replicas sign in to the storage anew', async () => {
    const texts = await Promise.all(
      platform.replicas.map(async ({ opsAddress }) => (await fetch(`${opsAddress}/metrics`)).text()),
    );
    return texts.every((text) => /^homepage_reloads_total\{part="storage"\} [1-9]/m.test(text));
  });
  await platform.removeAccessKey(stolen.settings.storage!);
  const storage = await openStorage(stolen.settings);
  await opens('the stolen access key of the storage', () => storage.has('media/anything'));
  storage.close();

  // With a certificate that is good: the password alone is asked for.
  await until(
    'the stolen password opens nothing',
    async () => !(await opensCache(platform, stolen.settings.cache!.password!)),
  );

  say('the stolen certificates end …');
  await until(
    'the API has another certificate',
    () => leafOf(platform.bundleOf('api')).serialNumber !== leafOf(stolen.bundle).serialNumber,
  );
  broken.push(
    ...(await endedOnesAreRefused(platform, { api: forged, frontend: platform.bundleOf('frontend') })),
  );
  const why = await Promise.all(
    DOORS.filter((door) => opensIt(door) === 'api').map((door) => refusal(platform, door, stolen.bundle)),
  );
  if (why.includes(undefined)) broken.push('a stolen certificate that had ended opened a door');
  return {
    broken,
    detail:
      `${revoked.secretIds} secret-ids and ${revoked.tokens} tokens were taken back at once; the API's agent had signed in anew and written ` +
      `new values ${seconds} s after they were set. Stolen token, secret-id, session key, access key and password of Valkey opened nothing then, and the ` +
      'certificates, also one that was made with the stolen token, nothing from their end on: a week at most in production.',
  };
}

export const compromise: Drill = platformDrill(
  'compromise',
  'All that the API has is stolen, and taken back.',
  takeBack,
);
