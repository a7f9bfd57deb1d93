import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function webBuildFresh({ shell }: Patient): Promise<string> {
  if (!existsSync(join(shell.repository, 'apps/web/build'))) {
    throw new Problem('WEB_BUILD_MISSING', 'The web app is not built.', {
      fix: 'Build it.',
      command: 'npm run build',
    });
  }
  const build = join(shell.repository, 'scripts/build.ts');
  const { status } = spawnSync(process.execPath, [build, '--check'], {
    cwd: shell.repository,
    stdio: 'ignore',
  });
  if (status === 0) return 'present and made from these sources';
  throw new Problem('WEB_BUILD_STALE', 'The web app was built from other sources.', {
    fix: 'Build it again.',
    command: 'npm run build',
  });
}
