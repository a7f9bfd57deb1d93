/** An image's name without tag or digest, taken apart as Docker does: `valkey/valkey` is docker.io/valkey/valkey. */
import { Problem } from '@homepage/platform';

export type ImageName = {
  /** where its registry answers, such as https://ghcr.io */
  origin: string;
  /** such as library/postgres */
  repository: string;
};

/** distribution/reference: lower-case words with separators, and a host that has a dot, a port, or is localhost. */
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const THIS_MACHINE = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/;

/** @throws Problem IMAGE_NAME_INVALID */
export function parseName(name: string): ImageName {
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : 'docker.io';
  const path = hasHost ? rest.join('/') : name;
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!REPOSITORY.test(repository)) {
    throw new Problem('IMAGE_NAME_INVALID', `"${name}" is no name of an image.`, {
      fix: 'Write it as host/path in small letters, without tag and digest: ghcr.io/someone/something.',
    });
  }
  // As Docker does: a registry on this machine may speak plain HTTP, no other.
  const scheme = THIS_MACHINE.test(host) ? 'http' : 'https';
  return { origin: `${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}`, repository };
}

/** The address of the manifest that a tag or a digest means. */
export function manifestUrl(name: string, reference: string): string {
  const { origin, repository } = parseName(name);
  return `${origin}/v2/${repository}/manifests/${reference}`;
}
