/** Everything that the primary Vault must be, one place: mounts, authorities' roles, policies, sign-in, audit. */
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import { at, audit, auth, mount, policy, type DesiredState, type Setting } from '../state/setting.ts';
import {
  APPROLE,
  environmentNames,
  issuingMount,
  KV,
  roleOf,
  rolePath,
  rootMount,
  type Environment,
} from './environment.ts';
import { fill, policyFiles } from './files.ts';
import { everybody, identitiesOf, jobsOf } from './jobs.ts';
import { services, type Service } from './services.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
export const ROOT_LIFE = 3650 * DAY;
export const INTERMEDIATE_LIFE = 3 * 365 * DAY;
/** Agents renew at two thirds, so Vault may be away for two days before a certificate ends. */
export const LEAF_LIFE = 7 * DAY;

/** Of people who look after Vault: tokens with it see how things are, and no value. */
export const OPERATOR_POLICY = 'operator';
/** Made anew every day (`homepage vault rotate secret-ids`): nearly a week without that job locks nobody out. */
export const SECRET_ID_DAYS = 7;

export type PrimaryOptions = {
  environments: Environment[];
  /** deploy/vault */
  folder: string;
  /** of the audit log, as the server sees it */
  auditLog: string;
};

/** @throws Problem of a policy's file that is missing, too many or has an unknown placeholder */
export function primaryState({ environments, folder, auditLog }: PrimaryOptions): DesiredState {
  requireOnePolicyEach(folder);
  const settings = [
    ...auditDevices(auditLog),
    mount(KV, {
      type: 'kv',
      description: 'Secrets of services: <environment>/<owner>/<name>',
      options: { version: '2' },
    }),
    at('settings of kv/', `${KV}/config`, { max_versions: 20, cas_required: false }),
    auth(APPROLE, { type: 'approle', description: 'Sign-in of services and jobs' }),
    policyOf(folder, OPERATOR_POLICY, `policies/${OPERATOR_POLICY}.hcl`),
    ...environments.flatMap((environment) => [
      ...authorities(environment),
      ...services.flatMap((service) => [
        certificateRole(environment, service),
        rights(folder, environment, service.name),
        signIn(environment, service.name),
        ...(service.signedOnly ? [nameOfSignIn(environment, service)] : []),
      ]),
      ...jobsOf(environment.name).flatMap(({ name }) => [
        rights(folder, environment, name),
        signIn(environment, name, { longest: HOUR }),
      ]),
    ]),
  ];
  // Of every environment: those that are not named are left as they are, and what they have is no surplus.
  const all = new Set([...environmentNames, ...environments.map(({ name }) => name)]);
  const roles = [...all].flatMap((name) => identitiesOf(name).map((who) => roleOf(name, who)));
  return {
    settings,
    collections: [
      {
        kind: 'policy',
        list: 'sys/policies/acl',
        also: ['root', 'default'],
        wanted: [OPERATOR_POLICY, ...roles],
        remove: (name) => `sys/policies/acl/${name}`,
      },
      {
        kind: 'sign-in of',
        list: `auth/${APPROLE}/role`,
        wanted: roles,
        remove: (name) => `auth/${APPROLE}/role/${name}`,
      },
      ...environments.map(({ name: environment }) => ({
        kind: `certificate role of ${environment}`,
        list: `${issuingMount(environment)}/roles`,
        wanted: services.map(({ name }) => name),
        remove: (name: string) => `${issuingMount(environment)}/roles/${name}`,
      })),
    ],
  };
}

/** @throws Problem of `fill`, VAULT_POLICY_EMPTY */
export function policyOf(
  folder: string,
  name: string,
  file: string,
  values: Record<string, string> = {},
): Setting {
  const text = fill(folder, file, values);
  const from = join(folder, file);
  if (/^\s*path\s/m.test(text)) return { ...policy(name, text), from };
  throw new Problem('VAULT_POLICY_EMPTY', `${from} gives no right at all.`, {
    field: from,
    fix: `Write what may be done, or get the file back: git restore ${from}`,
  });
}

const [FILE, STDOUT] = ['file', 'stdout'] as const;
/** Two, since Vault answers nobody when it can write to none: a full disk alone must not stop it. */
export const auditNames: string[] = [FILE, STDOUT];
export const auditDevices = (file: string): Setting[] => [
  audit(FILE, { file_path: file }),
  audit(STDOUT, { file_path: STDOUT }),
];

/** Each environment has a root of its own: a certificate of dev is none in prod (docs/decisions/0031). */
function authorities({ name }: Environment): Setting[] {
  const issuing = issuingMount(name);
  return [
    mount(rootMount(name), {
      type: 'pki',
      description: `Root authority of ${name}: signs intermediates only`,
      config: { max_lease_ttl: ROOT_LIFE },
    }),
    mount(issuing, {
      type: 'pki',
      description: `Certificates of services of ${name}`,
      config: { max_lease_ttl: INTERMEDIATE_LIFE },
    }),
    at(`tidying of ${issuing}/`, `${issuing}/config/auto-tidy`, {
      enabled: true,
      interval_duration: 12 * HOUR,
      safety_buffer: DAY,
      tidy_cert_store: true,
      tidy_revoked_certs: true,
      tidy_expired_issuers: true,
      // Two generations of an intermediate overlap for as long as a leaf lives.
      issuer_safety_buffer: 30 * DAY,
    }),
  ];
}

const rights = (folder: string, { name }: Environment, who: string): Setting =>
  policyOf(folder, roleOf(name, who), `policies/${who}.hcl`, { environment: name });

/** All else that Vault knows of a certificate role: what somebody sets here by hand is a right that no table names. */
const PLAIN = {
  issuer_ref: 'default',
  allowed_domains_template: false,
  allow_token_displayname: false,
  allowed_uri_sans: [],
  allowed_uri_sans_template: false,
  allowed_other_sans: [],
  allowed_serial_numbers: [],
  allowed_user_ids: [],
  cn_validations: ['hostname'],
  basic_constraints_valid_for_non_ca: false,
  ext_key_usage: [],
  ext_key_usage_oids: [],
  policy_identifiers: [],
  not_after: '',
  not_before_duration: 30,
  signature_bits: 0,
  use_pss: false,
  use_csr_common_name: true,
  use_csr_sans: true,
  serial_number_source: 'json-csr',
  ...Object.fromEntries(
    ['country', 'province', 'locality', 'street_address', 'postal_code', 'organization', 'ou'].map((part) => [
      part,
      [],
    ]),
  ),
};

function certificateRole(environment: Environment, service: Service): Setting {
  const { name, purpose } = service;
  const mountPath = issuingMount(environment.name);
  return at(`certificate role ${mountPath}/${name}`, `${mountPath}/roles/${name}`, {
    allowed_domains: namesOf(environment, service),
    allow_bare_domains: true,
    allow_subdomains: false,
    allow_glob_domains: false,
    allow_wildcard_certificates: false,
    allow_any_name: false,
    allow_localhost: false,
    allow_ip_sans: false,
    enforce_hostnames: true,
    require_cn: true,
    server_flag: purpose !== 'client',
    client_flag: purpose !== 'server',
    code_signing_flag: false,
    email_protection_flag: false,
    key_type: 'ec',
    key_bits: 256,
    key_usage: ['DigitalSignature'],
    ttl: LEAF_LIFE,
    max_ttl: LEAF_LIFE,
    // Revoking needs the serial number in the store; they are tidied when they end.
    no_store: false,
    generate_lease: false,
    ...PLAIN,
  });
}

/** What a certificate of it may name. A server is also asked by who stands beside it. */
export function namesOf(
  environment: Environment,
  { name, commonName, purpose, nodes = [], inPlaceOf = name }: Omit<Service, 'files'>,
): string[] {
  if (purpose === 'client') return [commonName];
  const { host } = environment.hosts(inPlaceOf);
  return [...new Set([commonName, inPlaceOf, host, 'localhost', ...nodes])];
}

/** cert-manager wants it in a manifest, so it is not a random one. It opens nothing without a secret-id. */
function nameOfSignIn(environment: Environment, { name }: Service): Setting {
  const role = roleOf(environment.name, name);
  return at(`role-id of ${role}`, `${rolePath(environment.name, name)}/role-id`, { role_id: role });
}

/** @param longest how long a token of it may be renewed for, in seconds; a job is done long before an hour is over */
export function signIn(
  { name: environment, networks }: Pick<Environment, 'name' | 'networks'>,
  name: string,
  { longest = DAY } = {},
): Setting {
  const role = roleOf(environment, name);
  const bound = networks.map(asVaultSays);
  const path = rolePath(environment, name);
  const wanted = {
    token_policies: [role],
    // It allows more than a service needs, such as a store of its own.
    token_no_default_policy: true,
    token_type: 'service',
    token_ttl: HOUR,
    token_max_ttl: longest,
    // A period would let a token live for ever.
    token_period: 0,
    token_explicit_max_ttl: 0,
    token_num_uses: 0,
    token_bound_cidrs: bound,
    bind_secret_id: true,
    secret_id_bound_cidrs: bound,
    // Used by the init container and by the sidecar: one use would lock the second one out.
    secret_id_num_uses: 0,
    secret_id_ttl: SECRET_ID_DAYS * DAY,
  };
  const atFirst = { local_secret_ids: false };
  return at(
    `sign-in of ${role}`,
    path,
    { ...wanted, ...atFirst },
    {
      change: { path, body: wanted },
      // Vault takes it when the role is made, and never again.
      remade: Object.keys(atFirst),
    },
  );
}

/** It leaves out the length of a single address. */
const asVaultSays = (network: string): string => network.replace(/\/32$/, '');

/** A role without a policy would have no right, and a policy without a role would be a right that nobody tests. */
function requireOnePolicyEach(folder: string): void {
  const files = policyFiles(folder).filter((name) => name !== OPERATOR_POLICY);
  const without = everybody.find((name) => !files.includes(name));
  const strange = files.find((name) => !everybody.includes(name));
  if (without === undefined && strange === undefined) return;
  throw new Problem(
    'VAULT_POLICY_UNMATCHED',
    without === undefined
      ? `${folder}/policies/${strange}.hcl belongs to no service and no job.`
      : `${without} has no policy: ${folder}/policies/${without}.hcl is missing.`,
    {
      field: `policies/${without ?? strange}.hcl`,
      fix: 'Each service in packages/vault/src/desired/services.ts and each job in jobs.ts has exactly one, of the same name.',
    },
  );
}
