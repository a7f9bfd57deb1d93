/** Whether Vault is still as deploy/vault says, as far as it can be asked without changing anything. */
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { environmentNames, KV, onKubernetes, type Environment } from '../desired/environment.ts';
import { auditNames, primaryState } from '../desired/primary.ts';
import { parityOf } from '../secrets/parity.ts';
import { foreignInWords, foreignSignIns } from '../state/foreign.ts';
import { look } from '../state/look.ts';
import { plan } from '../state/plan.ts';

const UP = 'homepage vault up primary --dry-run';

/** That they are there; whether each can write is in Vault's own log. @throws Problem VAULT_AUDIT_OFF */
export async function requireAudit(vault: Vault): Promise<string> {
  const { data } = (await vault.read('sys/audit'))!;
  const devices = Object.keys(data ?? {}).map((path) => path.replace(/\/$/, ''));
  const lacks = auditNames.filter((name) => !devices.includes(name));
  if (lacks.length === 0) return devices.join(' and ');
  throw new Problem(
    'VAULT_AUDIT_OFF',
    devices.length === 0
      ? 'Nobody writes down who asks this Vault for what.'
      : `This Vault lacks the audit device ${lacks.join(' and ')}: when the other cannot write, it answers nobody.`,
    { fix: 'Bring it up: it makes two audit devices.', command: UP },
  );
}

/** Those that were brought up. @throws Problem VAULT_EMPTY */
export async function environmentsOf(vault: Vault): Promise<Environment[]> {
  const there = await vault.list(`${KV}/metadata/`);
  const names = environmentNames.filter((name) => there.includes(`${name}/`));
  if (names.length > 0) return names.map((name) => onKubernetes(name));
  throw new Problem('VAULT_EMPTY', 'This Vault has no secrets of any environment.', {
    fix: 'Bring it up.',
    command: UP,
  });
}

/** @throws Problem VAULT_SECRETS_MISSING */
export async function requireParity(vault: Vault): Promise<string> {
  const names = (await environmentsOf(vault)).map(({ name }) => name);
  const { missing } = await parityOf(vault, names);
  if (missing.length === 0) return `${names.join(' and ')} have every secret that a service reads`;
  const lacks = missing.map(({ environment, path, keys }) => `${environment} ${path} (${keys.join(', ')})`);
  throw new Problem('VAULT_SECRETS_MISSING', `Services would wait for these: ${lacks.join('; ')}.`, {
    fix: 'Set them before the next rollout.',
    command: 'homepage secrets parity',
  });
}

/** @throws Problem VAULT_POLICIES_DIFFER */
export async function requirePolicies(vault: Vault, folder: string): Promise<string> {
  const { settings, collections } = primaryState({
    environments: await environmentsOf(vault),
    folder,
    auditLog: '',
  });
  const policies = {
    settings: settings.filter(({ read }) => read.path.startsWith('sys/policies/')),
    collections: collections.filter(({ list }) => list.startsWith('sys/policies/')),
  };
  const { steps, same } = plan(policies, await look(vault, policies));
  if (steps.length === 0)
    return [`${same.length}, each as its file`, ...foreignInWords(await foreignSignIns(vault))].join('; ');
  throw new Problem(
    'VAULT_POLICIES_DIFFER',
    `Not as their files in ${folder}/policies: ${steps.map(({ action, name }) => `${name} (to ${action})`).join(', ')}.`,
    { fix: 'Find out who changed them, then bring the primary up.', command: UP },
  );
}

/** @returns seconds that this machine's clock is ahead of Vault's, which tells whole ones */
export async function aheadOf(vault: Vault): Promise<number> {
  const asked = Date.now();
  const answer = await vault.as(undefined).read('sys/health?standbyok=true&sealedcode=200&uninitcode=200');
  return Math.trunc((asked + Date.now()) / 2000 - (answer!['server_time_utc'] as number));
}
