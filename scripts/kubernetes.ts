/**
 * `npm run k8s:generate`: writes what packages/cluster says into deploy/kubernetes and docs, and the names of this site's own
 * images, which homepage.config.ts has, into deploy/images.lock. With --check it writes nothing, names
 * each file that is not what it should be, and exits with 1.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { generate, generatedFolders } from '@homepage/cluster';
import { lockFile, lockText, readLock, withOwnNames } from '@homepage/images';
import * as prettier from 'prettier';
import { stringify } from 'yaml';
import config from '../homepage.config.ts';
import { parseOrEnd } from './parse.ts';

const repository = resolve(import.meta.dirname, '..');
const HELP = `npm run k8s:generate [-- --check]
Writes the generated files of deploy/kubernetes and docs, and this site's names into deploy/images.lock.
  --check  writes nothing, and fails when one of them is not up to date`;
const NOTE = '# Made by `npm run k8s:generate`: change packages/cluster, not this file.\n';
const { values } = parseOrEnd({ check: { type: 'boolean' }, help: { type: 'boolean' } });

if (values.help) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const file = lockFile(repository);
  const lock = withOwnNames(readLock(file), config.images);
  const wanted = new Map([[relative(repository, file), lockText(lock)]]);
  for (const [path, contents] of Object.entries(generate({ repository, domain: config.domain, lock })))
    wanted.set(path, typeof contents === 'string' ? contents : await yaml(contents));
  const extra = generatedFolders
    .flatMap(filesBelow)
    .filter((path) => !wanted.has(path) && !path.endsWith('README.md'));
  const stale = [...wanted].filter(([path, text]) => read(path) !== text);
  if (values.check) {
    for (const [path] of stale)
      console.error(`${path} is not what packages/cluster and homepage.config.ts say`);
    for (const path of extra) console.error(`${path} is made by nothing`);
    if (stale.length + extra.length > 0) {
      console.error('Run: npm run k8s:generate');
      process.exitCode = 1;
    }
    return;
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  for (const path of extra) rmSync(join(repository, path));
  console.log(`${wanted.size} files, ${stale.length} written, ${extra.length} removed`);
}

async function yaml(contents: object): Promise<string> {
  const text = NOTE + stringify(contents, { lineWidth: 0, aliasDuplicateObjects: false });
  const options = await prettier.resolveConfig(join(repository, 'x.yaml'));
  return prettier.format(text, { ...options, parser: 'yaml' });
}

function read(path: string): string | undefined {
  const file = join(repository, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(join(repository, folder))) return [];
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(repository.length + 1));
}
