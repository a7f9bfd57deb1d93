/** The release after this one, in a folder of its own: the same program with one more migration. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { makeOwnFolder } from '@homepage/testkit/services';

const repository = resolve(import.meta.dirname, '../../..');
const NAME = '9999-drill';
const MIGRATION = `import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`alter table entries add column drilled text not null default 'yes'\`.execute(db);
  await sql\`create index entries_by_drilled on entries (drilled)\`.execute(db);
}
`;

/** @returns the folder of its repository */
export function makeNextRelease(): { path: string; remove(): void } {
  const folder = makeOwnFolder('next-release');
  const at = (...path: string[]): string => join(folder.path, ...path);
  const options = { cwd: repository, encoding: 'utf8' } as const;
  const { stdout } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    options,
  );
  for (const file of stdout.split('\0').filter(Boolean)) cpSync(join(repository, file), at(file));
  cpSync(join(repository, 'apps/web/build'), at('apps/web/build'), { recursive: true });
  linkModules(at);
  writeFileSync(at('packages/site/src/database/migrations', `${NAME}.ts`), MIGRATION);
  const list = at('packages/site/src/database/migrate.ts');
  const text = readFileSync(list, 'utf8')
    .replace(/^import \{ up as content \}/m, `import { up as drill } from './migrations/${NAME}.ts';\n$&`)
    .replace(
      /(?<=migrations: Record<string, Migration> = \{[^}]*(?:\{[^}]*\}[^}]*)*)\n\};/,
      `\n  '${NAME}': { up: drill },\n};`,
    );
  writeFileSync(list, text);
  return folder;
}

/** Everybody else's packages are those of this release; our own are the copy's. */
function linkModules(at: (...path: string[]) => string): void {
  const modules = join(repository, 'node_modules');
  mkdirSync(at('node_modules/@homepage'), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== '@homepage') symlinkSync(join(modules, name), at('node_modules', name));
  }
  for (const name of readdirSync(join(modules, '@homepage')))
    symlinkSync(readlinkSync(join(modules, '@homepage', name)), at('node_modules/@homepage', name));
}
