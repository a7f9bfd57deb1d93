/** The two images of this site: deploy/images.lock has them under the names that homepage.config.ts gives them. */
import { Problem } from '@homepage/platform';
import type { SiteConfig } from '@homepage/platform/config';
import type { Image, Lock } from './lock.ts';
import { manifestUrl } from './name.ts';

/** `images` of homepage.config.ts; without them the names of the lock stay. */
type OwnNames = SiteConfig['images'];

/** @returns the lock with these names; a digest is of one name only, so that of another name goes */
export function withOwnNames({ images }: Lock, names: OwnNames): Lock {
  const renamed = differing(images, names).map(([key, image, name]): [string, Image] => [
    key,
    { ...image, name, digest: null, source: manifestUrl(name, image.tag), resolvedAt: null },
  ]);
  return { images: { ...images, ...Object.fromEntries(renamed) } };
}

/** @throws Problem IMAGE_NAMES_DIFFER */
export function requireOwnNames({ images }: Lock, names: OwnNames): void {
  const [first] = differing(images, names);
  if (!first) return;
  const [key, image, name] = first;
  throw new Problem(
    'IMAGE_NAMES_DIFFER',
    `deploy/images.lock says ${image.name} for ${key}, and homepage.config.ts says ${name}.`,
    {
      fix: 'homepage.config.ts is right: write its names into the lock and the manifests.',
      command: 'npm run k8s:generate',
    },
  );
}

const differing = (images: Lock['images'], names: OwnNames): [key: string, image: Image, name: string][] =>
  Object.entries(names ?? {}).flatMap(([key, name]) => {
    const image = images[key];
    return image && image.name !== name ? [[key, image, name]] : [];
  });
