import { requireKind, testPolicies, type MatrixReport } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { asOperator, openVault, wantedOf, type ServerOptions, type WhoOptions } from './server.ts';

export type PolicyTestOptions = ServerOptions & WhoOptions & { environment?: string[] };

export async function testRights(shell: Shell, options: PolicyTestOptions): Promise<Outcome> {
  const { environments } = wantedOf(shell, 'primary', { ...options, auditLog: '' });
  const vault = openVault(shell, options);
  try {
    await requireKind(vault, 'primary');
    const report = await asOperator(shell, vault, options, (operator) =>
      testPolicies(operator, environments),
    );
    return { ok: report.wrong.length === 0, json: report, text: asText(report) };
  } finally {
    vault.close();
  }
}

function asText({ roles, paths, wrong }: MatrixReport): string {
  if (wrong.length === 0)
    return `${roles} roles on ${paths} paths: each may do what it should, and nothing else.`;
  return [
    ...wrong.map(
      ({ role, path, wanted, has }) =>
        `${role} on ${path}: has ${has.join(', ')}, should have ${wanted.join(', ')}`,
    ),
    `${wrong.length} rights differ. Correct deploy/vault/policies, then: homepage vault up primary`,
  ].join('\n');
}
