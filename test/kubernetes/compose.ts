/** deploy/compose as check 56 compares it with what is rendered. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { lockFile, readLock } from '@homepage/images';
import { COMPOSE_IMAGES } from '../../scripts/compose/images.ts';
import { onlyInProduction, services, type Counterpart, type Only } from '../deploy/counterparts.ts';

export type ComposeService = {
  image: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
};

export type Compose = {
  services: Record<string, ComposeService>;
  counterparts: Record<string, Counterpart>;
  onlyInProduction: Only[];
  /** names of images, by the variable that stands for each in compose.yaml */
  images: Record<string, string>;
  /** what the Dockerfile of an image sets */
  imageVariables: Record<string, string[]>;
};

const repository = resolve(import.meta.dirname, '../..');

export function readCompose(): Compose {
  const { images } = readLock(lockFile(repository));
  const keys = { ...COMPOSE_IMAGES, BACKEND_IMAGE: 'backend', FRONTEND_IMAGE: 'frontend' };
  const file = join(repository, 'deploy/compose/compose.yaml');
  return {
    services: (parse(readFileSync(file, 'utf8'), { merge: true }) as Pick<Compose, 'services'>).services,
    counterparts: services,
    onlyInProduction,
    images: Object.fromEntries(
      Object.entries(keys).map(([variable, key]) => [variable, images[key]?.name ?? '']),
    ),
    imageVariables: Object.fromEntries(['backend', 'frontend'].map((name) => [name, setBy(name)])),
  };
}

/** Names after ENV in the last stage of its Dockerfile. */
function setBy(image: string): string[] {
  const text = readFileSync(join(repository, 'deploy/images', image, 'Dockerfile'), 'utf8');
  const last = text.slice(text.lastIndexOf('\nFROM ')).replaceAll('\\\n', ' ');
  return [...last.matchAll(/^ENV (.*)$/gm)].flatMap(([, words]) =>
    [...words!.matchAll(/(\w+)=/g)].map(([, name]) => name!),
  );
}
