import { requireKind, requireWritableFile, revokeService, writeSecret, type Revoked } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';
import { asOperator, openVault, type ServerOptions, type WhoOptions } from './server.ts';

export type RevokeOptions = ServerOptions & WhoOptions & { environment?: string; secretIdFile?: string };

export async function revoke(shell: Shell, service: string, options: RevokeOptions): Promise<Outcome> {
  const { environment, secretIdFile } = options;
  if (environment === undefined) throw new UsageProblem('--environment is missing.', 'Name dev or prod.');
  if (secretIdFile === undefined)
    throw new UsageProblem(
      '--secret-id-file is missing.',
      'Name the file that gets what the service signs in with from now on.',
    );
  const file = shell.path(secretIdFile);
  requireWritableFile(file, '--secret-id-file');
  const vault = openVault(shell, options);
  try {
    await requireKind(vault, 'primary');
    const revoked = await asOperator(shell, vault, options, (operator) =>
      // Whole at any moment: the agent may read it now.
      revokeService(operator, environment, service, (secretId) => writeSecret(file, secretId)),
    );
    return {
      ok: true,
      json: { environment, service, ...revoked },
      text: asText(environment, service, secretIdFile, revoked),
    };
  } finally {
    vault.close();
  }
}

function asText(
  environment: string,
  service: string,
  file: string,
  { secretIds, tokens, known, couldSignInAs }: Revoked,
): string {
  return [
    `Taken back from ${service} in ${environment}: ${secretIds} secret-ids and ${tokens} tokens. It signs in with ${file} from now on.`,
    'Its certificate is good until it ends, a week at most: docs/vault.md, "One service is compromised".',
    ...(couldSignInAs.length === 0
      ? []
      : [
          `Whoever had it could sign in as others. Revoke each of these as well: ${couldSignInAs.join(', ')}`,
        ]),
    ...(known.length === 0 ? [] : ['Whoever had it knows these values; change each:']),
    ...known.map(({ path, rotation }) => `  ${path}: ${rotation}`),
  ].join('\n');
}
