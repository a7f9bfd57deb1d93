import { missing } from '@homepage/testkit/programs';
import { beforeAll, describe, expect, test } from 'vitest';
import { findingsOf, repositoryChecks } from './checks.ts';
import { clusters } from './expected.ts';
import { distinct, nameOf, type Mutant } from './mutation/mutant.ts';
import { fieldRenamed, operators } from './mutation/operators.ts';
import { runMutants } from './mutation/run.ts';
import { survivors } from './mutation/survivors.ts';
import { renderRepository } from './repository.ts';
import type { Rendered } from './resource.ts';

describe.skipIf(missing('kubectl') && missing('kustomize'))('the manifests of this repository', () => {
  let rendered: Rendered;
  beforeAll(async () => {
    rendered = await renderRepository();
  });

  test('there are overlays for a cluster and for both environments', () => {
    expect(rendered.overlays.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['cluster', 'dev', 'prod']),
    );
    for (const { resources } of rendered.overlays) expect(resources.length).toBeGreaterThan(20);
  });

  // In full: a table of Vitest's would cut their names off.
  for (const check of repositoryChecks)
    test(`${check.number}: ${check.name}`, () => expect(findingsOf(check, rendered)).toEqual([]));

  // Every name of every field of every resource, to any depth.
  test('a misspelt field is found, whichever it is', () => {
    const verdicts = runMutants(rendered, fieldRenamed.mutate(rendered));
    expect(verdicts.length).toBeGreaterThan(2000);
    expect(verdicts.filter(({ caughtBy }) => caughtBy !== 1).map(({ mutant }) => mutant)).toEqual([]);
  });

  test('what else goes wrong is found, or it is known why not', { timeout: 300_000 }, () => {
    // What is gone from one cluster is not found on another one: each by itself.
    const tried = new Set<string>();
    const alive = clusters.flatMap((names) => {
      const known = { ...rendered, overlays: rendered.overlays.filter(({ name }) => names.includes(name)) };
      const mutants = operators
        .flatMap((operator): Mutant[] => [...distinct(operator.mutate(known))])
        .filter((mutant) => !tried.has(nameOf(mutant)));
      expect(mutants.length).toBeGreaterThan(200);
      for (const mutant of mutants) tried.add(nameOf(mutant));
      return runMutants(known, mutants)
        .filter(({ caughtBy }) => caughtBy === null)
        .map(({ mutant }) => nameOf(mutant));
    });
    expect(alive.filter((name) => !survivors.some((one) => one.mutants.test(name)))).toEqual([]);
    const idle = survivors.filter((one) => !alive.some((name) => one.mutants.test(name)));
    expect(idle.map((one) => one.mutants.source)).toEqual([]);
  });
});
