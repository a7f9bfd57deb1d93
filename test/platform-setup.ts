import { startSharedPlatform } from '@homepage/testkit/platform';

/** For the tests of the platform shape: one PostgreSQL and one MinIO for all of them. */
export default async function setup(): Promise<() => Promise<void>> {
  const platform = await startSharedPlatform();
  return () => platform.stop();
}
