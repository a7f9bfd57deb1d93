/** The end of every help text: examples, exit codes, environment. */
const variables = {
  DATA_DIR: 'where content is kept (./data)',
  DATABASE_URL: 'postgres://…; unset: an embedded database in DATA_DIR',
  DATABASE_OWNER_URL: 'the user that may change the schema (DATABASE_URL)',
  STORAGE_URL: 's3://…, where pictures are; unset: files in DATA_DIR',
  BACKUP_TO: 'targets with commas between: file:///…, s3://… (DATA_DIR/backups when embedded)',
  BACKUP_RECIPIENTS: 'public keys of age that backups are encrypted for (not encrypted)',
  BACKUP_IDENTITY_FILE: 'the private key of age, to verify and restore what is encrypted',
  BACKUP_KEEP_DAYS: 'younger backups stay (7)',
  BACKUP_KEEP_AT_LEAST: 'so many verified ones stay whatever their age (4)',
  HOMEPAGE_CONFIG: 'the configuration file (homepage.config.ts)',
  PUBLIC_URL: 'the origin that visitors see (http://HOST:PORT, or the domain of the configuration)',
  SESSION_KEY: 'what links are signed with, instead of the file session-key',
  PORT: 'where the site listens (3000)',
  HOST: 'the address it listens on (127.0.0.1)',
  SECRETS_DIR: 'the folder of secret files (/vault/secrets when it is there)',
  OPS_HOST: 'the address of health and metrics (127.0.0.1)',
  OPS_PORT: 'their port (9464)',
  VAULT_ADDR: 'the address of Vault, such as https://vault.vault.svc:8200',
  VAULT_CACERT: 'the file with the authority of its certificate (those that this machine knows)',
  VAULT_TOKEN: 'signs in to Vault',
  VAULT_BOOTSTRAP_ADDR: 'the address of the bootstrap Vault, beside that of the primary in VAULT_ADDR',
  VAULT_SEAL_TOKEN_FILE: 'the file with the token that the primary opens itself with',
  VAULT_RECIPIENTS: 'public keys of age, with commas between, that the keys of a Vault are written for',
  VAULT_ROOT_RECIPIENTS: 'the same for the keys of the roots',
  LOG_LEVEL: 'debug adds stacks to errors (warn embedded, info on the platform)',
};

export type Variable = keyof typeof variables;
export type HelpEnd = { examples: string[]; environment: Variable[]; failed?: string };

export function helpEnd({
  examples,
  environment,
  failed = 'failed; the message says what to do',
}: HelpEnd): string {
  const width = Math.max(...environment.map((name) => name.length));
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    '  0  done',
    `  1  ${failed}`,
    '  2  wrong use',
    '',
    'Environment (also read from .env):',
    ...environment.map((name) => `  ${name.padEnd(width)}  ${variables[name]}`),
  ].join('\n');
}
