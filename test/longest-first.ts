/**
 * Files that take longest run first, of all projects: one that began last would be waited for alone, and those that wait for
 * their servers run beside those that need the processor. Without this, projects run one after the other.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds on two cores, roughly: only the order follows from them. What is not here is short, and goes by its size. */
const SECONDS: Record<string, number> = {
  'test/drills/drills.test.ts': 225,
  'test/platform/wrong-configuration.test.ts': 220,
  'test/browser/lighthouse.test.ts': 125,
  'test/platform/canaries.test.ts': 110,
  'test/browser/accessibility.test.ts': 50,
  'test/platform/server-certificates.test.ts': 78,
  'test/browser/pages.test.ts': 70,
  'apps/ops/src/commands/backup/backup.test.ts': 58,
  'packages/vault/src/snapshot/snapshot.test.ts': 58,
  'test/platform/overload.test.ts': 57,
  'packages/backup/src/backup.test.ts': 53,
  'test/kubernetes/manifests.test.ts': 53,
  'test/platform/faults.test.ts': 51,
  'apps/api/src/limits.test.ts': 45,
  'packages/platform/src/cache/sentinel.test.ts': 40,
  'apps/ops/src/commands/import.test.ts': 38,
  'packages/vault/src/agent.test.ts': 35,
  'test/browser/contact.test.ts': 34,
  'test/platform/session-key.test.ts': 31,
  'apps/ops/src/surface.test.ts': 31,
  'test/platform/rotation.test.ts': 31,
  'test/start.test.ts': 31,
  'apps/ops/src/commands/secrets/secrets.test.ts': 31,
  'apps/ops/src/commands/doctor/vault/vault.test.ts': 31,
  'packages/platform/src/database/open.test.ts': 29,
  'apps/ops/src/commands/vault/vault.test.ts': 28,
  'apps/ops/src/commands/vault/snapshot.test.ts': 28,
  'apps/ops/src/commands/preview.test.ts': 28,
  'test/platform/platform.test.ts': 27,
  'apps/ops/src/commands/serve.test.ts': 24,
  'test/browser/dev.test.ts': 24,
  'apps/ops/src/commands/doctor.test.ts': 23,
  'packages/backup/src/postgresql.test.ts': 21,
  'packages/platform/src/secrets/watch.test.ts': 21,
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId, project }: TestSpecification): number =>
      SECONDS[moduleId.slice(project.vitest.config.root.length + 1)] ?? 0;
    // Sorting keeps the order of those that are alike.
    return (await super.sort(files)).toSorted((a, b) => seconds(b) - seconds(a));
  }
}
