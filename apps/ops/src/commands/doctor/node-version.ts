import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@homepage/platform';
import type { Patient } from './patient.ts';

export async function nodeVersion({ shell }: Patient): Promise<string> {
  const file = join(shell.repository, 'package.json');
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as { devDependencies: { node: string } };
  const pinned = devDependencies.node;
  const running = process.versions.node;
  if (running === pinned) return `${running}, as pinned`;
  throw new Problem('NODE_DIFFERS', `Node ${running} runs this, and package.json pins ${pinned}.`, {
    fix: 'Start with `npx homepage` or `npm run homepage --`, after `npm install`.',
    command: 'npm install',
  });
}
