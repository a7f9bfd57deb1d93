import { requireDigest, requireKnown, type Lock } from '@homepage/images';

/** The images of deploy/compose/compose.yaml, by the variable that names each there. */
export const COMPOSE_IMAGES: Record<string, string> = {
  NODE_DEV_IMAGE: 'node-dev',
  POSTGRES_IMAGE: 'postgres',
  VALKEY_IMAGE: 'valkey',
  MINIO_IMAGE: 'minio',
  VAULT_IMAGE: 'vault',
};

/** @returns the variables, and which of them are names with a tag: compose is for development, nothing is deployed by it */
export function imageVariables(lock: Lock): { variables: Record<string, string>; byTag: string[] } {
  const variables: Record<string, string> = {};
  const byTag: string[] = [];
  for (const [variable, key] of Object.entries(COMPOSE_IMAGES)) {
    const { name, tag, digest } = requireKnown(lock, key);
    if (digest === null) byTag.push(key);
    variables[variable] = digest === null ? `${name}:${tag}` : requireDigest(lock, key);
  }
  return { variables, byTag };
}
