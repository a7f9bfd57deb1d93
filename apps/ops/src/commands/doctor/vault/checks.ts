/** What is looked at in the Vaults that the environment names. */
import { Problem, requireSameClock } from '@homepage/platform';
import {
  aheadOf,
  certificateOf,
  environmentsOf,
  requireAudit,
  requireAuthorities,
  requireChain,
  requireKind,
  requireLife,
  requireParity,
  requirePolicies,
  requireSealToken,
  requireSignIns,
  requireTokenLife,
  type ServerKind,
  type Vault,
} from '@homepage/vault';
import type { Patient } from '../patient.ts';

export const namesPrimary = ({ vault }: Patient): boolean => vault.isNamed('primary');
export const namesBootstrap = ({ vault }: Patient): boolean => vault.isNamed('bootstrap');
export const namesBoth = (patient: Patient): boolean => namesPrimary(patient) && namesBootstrap(patient);
export const namesAny = (patient: Patient): boolean => namesPrimary(patient) || namesBootstrap(patient);
export const namesSealToken = (patient: Patient): boolean =>
  namesBootstrap(patient) && patient.vault.sealTokenFile !== undefined;

const serversOf = (patient: Patient): ServerKind[] =>
  (['primary', 'bootstrap'] as const).filter((server) => patient.vault.isNamed(server));

export async function primaryOpen(patient: Patient): Promise<string> {
  // One in development mode opens with a key of its own; then there is no bootstrap to be named.
  if (namesBootstrap(patient)) await requireKind(patient.vault.server('primary'), 'primary');
  return requireOpen(patient, 'primary');
}

export async function bootstrapOpen(patient: Patient): Promise<string> {
  await requireKind(patient.vault.server('bootstrap'), 'bootstrap');
  return requireOpen(patient, 'bootstrap');
}

async function requireOpen({ vault }: Patient, server: ServerKind): Promise<string> {
  const { initialised, sealed, version, migrating, kind, seal, threshold, shares } =
    await vault.status(server);
  const { address } = vault.server(server);
  if (!initialised)
    throw new Problem('VAULT_NOT_INITIALISED', `The ${server} at ${address} was never set up.`, {
      fix: 'Set it up; its keys are shown once.',
      command: `homepage vault init ${server}`,
    });
  const withKeys = server === 'primary' && kind === 'primary' && seal === 'shamir';
  if (!sealed)
    return `${address}, version ${version}, open${withKeys ? `; after a start it waits for ${threshold} of ${shares} keys` : ''}`;
  if (migrating)
    throw new Problem('VAULT_SEALED', `The ${server} at ${address} waits for keys, which move its seal.`, {
      fix: 'Give a quorum of them.',
      command: `homepage vault unseal --address ${address} --migrate ${seal} --keys-file <file>`,
    });
  throw new Problem('VAULT_SEALED', `The ${server} at ${address} is sealed.`, {
    fix:
      server === 'bootstrap'
        ? 'Give a quorum of its keys.'
        : 'It opens itself once the bootstrap is open and takes its token. Services go on with the files they have.',
    command:
      server === 'bootstrap'
        ? `homepage vault unseal --address ${address} --keys-file <file>`
        : `homepage vault status --address ${address}`,
  });
}

export async function chainHolds({ vault }: Patient): Promise<string> {
  const primary = await vault.answering('primary');
  const { kind, seal } = await vault.status('primary');
  // Its seal was moved to keys: the bootstrap may be gone for good.
  const alone = kind === 'primary' && seal === 'shamir';
  return requireChain(alone ? undefined : await vault.answering('bootstrap'), primary);
}

export async function certificatesLast(patient: Patient): Promise<string> {
  const facts: string[] = [];
  for (const server of serversOf(patient)) {
    const certificate = await certificateOf(await patient.vault.answering(server));
    const until = requireLife(`The certificate of the ${server} Vault`, certificate, {
      fix: 'Look whether there is a newer one; whatever issues it makes one. Vault takes it at a restart, the bootstrap first (docs/vault.md).',
    });
    facts.push(`${server} until ${until}`);
  }
  return facts.join(', ');
}

export async function clocksAgree(patient: Patient): Promise<string> {
  const facts: string[] = [];
  for (const server of serversOf(patient)) {
    const ahead = await aheadOf(await patient.vault.answering(server));
    requireSameClock(ahead, `that of the ${server} Vault`);
    facts.push(`${ahead} s ahead of the ${server}`);
  }
  return facts.join(', ');
}

export async function tokenLasts({ vault }: Patient): Promise<string> {
  const primary = await vault.open('primary');
  if (primary.token !== undefined) return requireTokenLife(primary);
  throw new Problem(
    'VAULT_SIGN_IN_MISSING',
    'Nobody is signed in to Vault: what is in it cannot be looked at.',
    {
      field: 'VAULT_TOKEN',
      fix: 'Set VAULT_TOKEN to a token of the primary.',
    },
  );
}

export async function sealTokenLasts({ vault }: Patient): Promise<string> {
  return requireSealToken(await vault.open('bootstrap'), vault.sealTokenFile!);
}

export const auditOn = async ({ vault }: Patient): Promise<string> => requireAudit(await vault.signedIn());

export const authoritiesLast = (patient: Patient): Promise<string> =>
  inEachEnvironment(patient, requireAuthorities);

export const signInsLast = (patient: Patient): Promise<string> => inEachEnvironment(patient, requireSignIns);

async function inEachEnvironment(
  { vault }: Patient,
  look: (primary: Vault, environment: string) => Promise<string>,
): Promise<string> {
  const primary = await vault.signedIn();
  const facts: string[] = [];
  for (const { name } of await environmentsOf(primary)) facts.push(await look(primary, name));
  return facts.join('; ');
}

export const secretsThere = async ({ vault }: Patient): Promise<string> =>
  requireParity(await vault.signedIn());

export const policiesSame = async ({ vault }: Patient): Promise<string> =>
  requirePolicies(await vault.signedIn(), vault.folder);
