/**
 * `node scripts/image.ts <backend|frontend> <folder>`: lays out the files of an image, as its Dockerfile copies them. The
 * repository has to be installed and built. --cpu x64|arm64: of the machine that it will run on.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { layOutBackend } from './image/backend.ts';
import { layOutFrontend } from './image/frontend.ts';
import { parseOrEnd } from './parse.ts';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseOrEnd({
  cpu: { type: 'string', default: process.arch },
  previous: { type: 'string' },
});
const [image, folder] = positionals;
const { cpu, previous } = values;
if (!folder || (image !== 'backend' && image !== 'frontend') || (cpu !== 'x64' && cpu !== 'arm64')) {
  console.error(
    'node scripts/image.ts <backend|frontend> <folder> [--cpu x64|arm64] [--previous <web build>]',
  );
  process.exit(2);
}
const target = resolve(folder);
mkdirSync(target, { recursive: true });
if (readdirSync(target).length > 0) {
  console.error(`${target} is not empty: name a new folder.`);
  process.exit(1);
}
if (image === 'backend') await layOutBackend(root, target, { cpu });
else layOutFrontend(root, target, previous && resolve(previous));
