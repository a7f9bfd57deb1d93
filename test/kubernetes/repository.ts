/** What this repository would deploy: its overlays as rendered, its edge matrix, its locked images. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNRESOLVED, type ImagesLock } from '@homepage/cluster';
import { capacityFile } from './capacity/document.ts';
import { readCompose } from './compose.ts';
import { matrixOf } from './network/edges.ts';
import { folder, render } from './render.ts';
import type { Rendered } from './resource.ts';

export async function renderRepository(): Promise<Rendered> {
  const lock = join(folder, '../images.lock');
  return {
    ...(await render()),
    matrix: matrixOf,
    compose: readCompose(),
    capacityPage: existsSync(capacityFile) ? readFileSync(capacityFile, 'utf8') : '',
    ...(existsSync(lock) && { images: imagesOf(JSON.parse(readFileSync(lock, 'utf8')) as ImagesLock) }),
  };
}

/** What no registry was asked for has a digest that no image has; deploying refuses it. */
const imagesOf = ({ images }: ImagesLock): Set<string> =>
  new Set(Object.values(images).map(({ name, digest }) => `${name}@${digest ?? UNRESOLVED}`));
