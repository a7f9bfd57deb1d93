import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

export default defineConfig({
  test: {
    // One more than CI has cores: files wait for their servers about a third of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes at once on a quiet machine; CI's is not.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        test: {
          name: 'node',
          include: ['{apps,packages,scripts,test}/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            '**/build/**',
            'test/browser/**',
            '**/*.{browser,platform}.test.ts',
          ],
        },
      },
      {
        // The same tests on PostgreSQL and MinIO, with the rights that the API has there.
        test: {
          name: 'platform',
          include: ['{apps/api,packages/site}/**/*.test.ts'],
          // It looks at backups in a bucket; it makes one of an embedded site, as those rights make none.
          exclude: ['**/node_modules/**', 'apps/api/src/backups.test.ts'],
          globalSetup: ['test/platform-setup.ts'],
          setupFiles: ['test/platform-file.ts'],
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts', 'packages/**/*.browser.test.ts'],
          // It counts what visitors of a site on the internet get: through nginx, below.
          exclude: ['**/node_modules/**', 'test/browser/lighthouse.test.ts'],
          globalSetup: ['test/browser/global-setup.ts'],
        },
      },
      {
        test: {
          name: 'browser on the platform',
          include: ['test/browser/**/*.test.ts'],
          // Development has one shape only; and the same code makes the same page of the same rows on
          // both, so axe would say the same of it.
          exclude: ['**/node_modules/**', 'test/browser/{dev,accessibility}.test.ts'],
          globalSetup: ['test/browser/global-setup.ts'],
        },
      },
    ],
  },
});
