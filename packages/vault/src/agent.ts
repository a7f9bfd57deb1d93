/**
 * What Vault's agent beside a service is told: how it signs in, and which files it writes.
 * https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent
 */
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import { KV, type Environment } from './desired/environment.ts';
import { fill } from './desired/files.ts';
import { namesOf } from './desired/primary.ts';
import { secretFilesOf, services, type SecretFile, type Service } from './desired/services.ts';

export type AgentOptions = {
  environment: Environment;
  /** e.g. "api" */
  service: string;
  /** deploy/vault */
  folder: string;
  vault: { address: string; caFile: string };
  /** what it signs in with: two files that a job renews */
  roleIdFile: string;
  secretIdFile: string;
  /** where the service reads its files: /vault/secrets */
  secrets: string;
  /** ends once all is written, as an init container does */
  once?: boolean;
};

/** The agent runs as the service's own user, so nobody else needs to read them; PostgreSQL insists on it. */
const PERMISSIONS = '0600';

/** @throws Problem VAULT_SERVICE_UNKNOWN, and those of the template's files */
export function agentConfiguration(options: AgentOptions): string {
  const { folder, vault, roleIdFile, secretIdFile, once = false } = options;
  const service = services.find(({ name }) => name === options.service);
  if (!service)
    throw new Problem('VAULT_SERVICE_UNKNOWN', `There is no service "${options.service}".`, {
      fix: `Name one of ${services.map(({ name }) => name).join(', ')}.`,
    });
  return [
    fill(folder, 'agent/agent.hcl', {
      address: vault.address,
      authority: vault.caFile,
      roleIdFile,
      secretIdFile,
      once: String(once),
    }),
    ...agentTemplates(options, service).map(({ file, contents }) =>
      written(join(options.secrets, file), contents),
    ),
  ].join('\n');
}

/** Names of the files that the agent of a service writes. */
export const filesOf = (environment: Pick<Environment, 'sentinels'>, service: Service): string[] => [
  ...['tls.crt', 'tls.key', 'ca.crt', 'tls.pem'],
  ...secretFilesOf(environment, service).map(({ file }) => file),
];

/** What the agent writes for a service: names of files, and the template of each. */
export function agentTemplates(
  { environment, folder, secrets }: Pick<AgentOptions, 'environment' | 'folder' | 'secrets'>,
  service: Service,
): { file: string; contents: string }[] {
  const tls = fill(folder, 'agent/tls.ctmpl', {
    environment: environment.name,
    service: service.name,
    commonName: service.commonName,
    names: namesOf(environment, service).join(','),
    secrets,
  });
  return [
    { file: 'tls.pem', contents: tls },
    ...secretFilesOf(environment, service).map((file) => ({
      file: file.file,
      contents: contentsOf(environment, folder, file),
    })),
  ];
}

const written = (destination: string, contents: string): string =>
  [
    'template {',
    `  destination = "${destination}"`,
    `  perms       = "${PERMISSIONS}"`,
    '  # "<no value>" must never reach a service.',
    '  error_on_missing_key = true',
    `  contents = <<END_OF_FILE\n${contents.trimEnd()}\nEND_OF_FILE`,
    '}',
    '',
  ].join('\n');

function contentsOf(
  environment: Environment,
  folder: string,
  { template, also, server, values }: SecretFile,
): string {
  const { host, port } = server === undefined ? { host: '', port: 0 } : environment.hosts(server);
  const all = {
    environment: environment.name,
    host,
    port: String(port),
    sentinels: JSON.stringify(environment.sentinels ?? []),
    ...values,
  };
  const texts = [template, also].filter((one) => one !== undefined).map((one) => fill(folder, one, all));
  return template.endsWith('.template') ? withPasswords(environment, texts.join('')) : texts.join('');
}

/**
 * Valkey's own files are the same for everybody who starts one; {{api}} in them stands for a password. In a list of users, where
 * it is >{{api}}, also for the one before: who signs in with either must not have to wait for the other's agent.
 */
const withPasswords = ({ name }: Environment, text: string): string =>
  text.replaceAll(/(>?)\{\{(\w+)\}\}/g, (_whole, mark: string, user: string) => {
    const before = mark && '{{ with index .Data.data "previous" }} >{{ . }}{{ end }}';
    return `{{ with secret "${KV}/data/${name}/valkey/user-${user}" }}${mark}{{ .Data.data.password }}${before}{{ end }}`;
  });
