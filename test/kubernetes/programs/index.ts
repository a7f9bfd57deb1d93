/** Every program that runs in a container of ours. */
import { backend, frontend } from './ours.ts';
import type { Program } from './program.ts';
import * as theirs from './theirs.ts';

const programs: Program[] = [
  ...[backend, frontend, theirs.vault, theirs.injector, theirs.postgres, theirs.valkey, theirs.minio],
  ...[theirs.client, theirs.postgresExporter, theirs.redisExporter],
];

/** @param image "ghcr.io/somebody/homepage-backend@sha256:…". @returns undefined: nobody knows it */
export const programOf = (image: string): Program | undefined => {
  const name = image.split('@')[0]!.split('/').at(-1)!.split(':')[0]!;
  return programs.find((program) => program.image.test(name));
};

export { roles, users } from './theirs.ts';
export { isTold, PROBES, valueOf, wordsOf, type Program } from './program.ts';
