import { startSharedPlatform } from '@homepage/testkit/platform';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    platform: string;
  }
}

/** For the tests of the platform shape: one PostgreSQL and one MinIO for all of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const platform = await startSharedPlatform();
  // Not as an environment variable: the other projects' tests run in children of this process too.
  project.provide('platform', platform.connections);
  return () => platform.stop();
}
