/** Drills of the seal chain: what restarts, in which order, and who opens it then. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { lookAtSealToken, sealStatus, unseal, up } from '@homepage/vault';
import type { Act, Scene } from './scene.ts';

/** @returns after how many seconds it was open */
async function restartPrimary({ vaults, load, startAgain, recovered }: Scene): Promise<number> {
  load.promised = false;
  await vaults.primary.process.service.kill();
  await startAgain(vaults.primary.process.service);
  const recoverySeconds = await recovered();
  load.promised = true;
  await wait(500);
  return recoverySeconds;
}

export const primaryRestarts: Act = async (scene) => {
  const recoverySeconds = await restartPrimary(scene);
  return {
    broken: [],
    recoverySeconds,
    detail: 'The primary opened itself; who was signed in still was, and new certificates came.',
  };
};

export const bootstrapThenPrimary: Act = async (scene) => {
  const { vaults, say, startAgain } = scene;
  say('the bootstrap restarts, and is opened by its unsealer');
  await vaults.bootstrap.process.service.kill();
  await startAgain(vaults.bootstrap.process.service);
  const broken = (await sealStatus(vaults.bootstrap.client)).sealed
    ? []
    : ['the bootstrap was open without a key'];
  await vaults.openBootstrap();
  say('the primary restarts');
  const recoverySeconds = await restartPrimary(scene);
  return {
    broken,
    recoverySeconds,
    detail: 'While the bootstrap was away the primary answered on; restarted after it, it opened itself.',
  };
};

/** The unsealer holds the bootstrap's keys outside of Vault and opens it whenever it is sealed. */
export const powerCut: Act = async ({ vaults, load, say, startAgain, recovered }) => {
  load.promised = false;
  const { bootstrap, primary } = vaults;
  await Promise.all([bootstrap.process.service.kill(), primary.process.service.kill()]);
  say('the power is back; the primary comes first and finds nobody to ask');
  const primaryUp = startAgain(primary.process.service);
  await startAgain(bootstrap.process.service);
  const unsealer = openWhenSealed(vaults);
  const start = performance.now();
  await primaryUp;
  await recovered();
  const recoverySeconds = (performance.now() - start) / 1000;
  unsealer.stop();
  load.promised = true;
  await wait(500);
  return {
    broken: [],
    recoverySeconds,
    detail:
      'The unsealer opened the bootstrap, and then the primary opened itself; nobody was asked for anything.',
  };
};

function openWhenSealed({ bootstrap }: Scene['vaults']): { stop(): void } {
  let going = true;
  void (async () => {
    while (going) {
      const status = await sealStatus(bootstrap.client).catch(() => undefined);
      if (status?.sealed) await unseal(bootstrap.client, bootstrap.keys.slice(0, 2)).catch(() => false);
      await wait(500);
    }
  })();
  return { stop: () => void (going = false) };
}

const AWAY_MS = { short: 5_000, full: 90_000 };

export const bootstrapAway: Act = async ({ vaults, length, say, startAgain, recovered }) => {
  const { bootstrap, primary } = vaults;
  await bootstrap.process.service.kill();
  say(`the bootstrap is away for ${AWAY_MS[length] / 1000} s`);
  await wait(AWAY_MS[length]);
  const broken = (await sealStatus(primary.client)).sealed ? ['the primary sealed itself'] : [];
  await recovered();
  const refused = await vaults
    .asRoot('primary', async () => 'nothing')
    .catch((error: { code?: string }) => error.code);
  if (refused !== 'VAULT_SEAL_AWAY') broken.push(`a quorum of recovery keys was told ${refused}`);
  await startAgain(bootstrap.process.service);
  await vaults.openBootstrap();
  const recoverySeconds = await recovered();
  const token = await lookAtSealToken(bootstrap.client, vaults.sealTokenFile);
  const days = Math.floor((token?.ttl ?? 0) / 86_400);
  if (days < 30) broken.push(`the token of the seal lives ${days} days more`);
  return {
    broken,
    recoverySeconds,
    detail: `The primary answered everything while the bootstrap was away: secrets, certificates, sign-in. Recovery keys alone could not be checked meanwhile, and it must not restart. Its token lived ${days} days more.`,
  };
};

/** Of the seal's token in seconds, in place of 32 days. */
const SHORT_PERIOD = 8;

export const tokenExpires: Act = async ({ vaults, load, say, startAgain, recovered }) => {
  const { bootstrap, primary, sealTokenFile } = vaults;
  const broken: string[] = [];
  say(`the seal's token is one of ${SHORT_PERIOD} s, which only lives as long as the primary renews it`);
  load.promised = false;
  await vaults.asRoot('bootstrap', async (root) => {
    const { auth } = await root.make('auth/token/create-orphan', {
      policies: ['seal'],
      no_default_policy: true,
      period: `${SHORT_PERIOD}s`,
    });
    writeFileSync(sealTokenFile, auth!.client_token);
  });
  await primary.process.service.stop();
  await startAgain(primary.process.service);
  await recovered();
  load.promised = true;
  await wait(SHORT_PERIOD * 2500);
  const token = bootstrap.client.as(readFileSync(sealTokenFile, 'utf8').trim());
  const alive = await token.read('auth/token/lookup-self').then(
    () => true,
    () => false,
  );
  if (!alive) broken.push('the primary did not renew the token of its seal');
  say('the token is taken back, and the primary restarts');
  load.promised = false;
  await vaults.asRoot('bootstrap', (root) =>
    root.write('auth/token/revoke', { token: readFileSync(sealTokenFile, 'utf8').trim() }),
  );
  await primary.process.service.stop();
  const refused = await primary.process.service.start().then(
    async () => (await sealStatus(primary.client)).sealed,
    () => true,
  );
  if (!refused) broken.push('the primary opened with a token that was taken back');
  if (!/permission denied|403|invalid token/.test(primary.process.service.log()))
    broken.push('the log of the primary does not say why it stays sealed');
  await primary.process.service.stop();
  say('homepage vault up bootstrap makes another');
  const { work } = await vaults.asRoot('bootstrap', (root) => up(root, bootstrap.wanted));
  if (work.length !== 1) broken.push(`"up" did ${work.length} things, not one`);
  await startAgain(primary.process.service);
  const recoverySeconds = await recovered();
  load.promised = true;
  await wait(500);
  return {
    broken,
    recoverySeconds,
    detail: `A token of ${SHORT_PERIOD} s outlived ${SHORT_PERIOD * 2.5} s because the primary renews it. With one that was taken back the primary says so and stays closed; a new one from "homepage vault up bootstrap" opened it.`,
  };
};
