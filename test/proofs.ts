/** Whether a sentence of the architecture is proven by what ran. */
import type { Claim } from './claims.ts';

export type Result = 'proven' | 'failed' | 'not yet';

/** What Vitest writes with `--reporter=json`, as far as it is read here. */
export type VitestReport = {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
};

export type Ran = {
  report: VitestReport;
  /** "group/name" of drills that went as promised */
  drills: Set<string>;
};

/** A proof counts only when its test or drill ran and passed; one that is not found has failed. */
export function resultOf({ proof }: Pick<Claim, 'proof'>, { report, drills }: Ran): Result {
  if (!proof) return 'not yet';
  if ('drill' in proof) return drills.has(`${proof.group}/${proof.drill}`) ? 'proven' : 'failed';
  const tests = testsOf(proof, report);
  return tests.length > 0 && tests.every(({ status }) => status === 'passed') ? 'proven' : 'failed';
}

/**
 * What the sentences name and the report does not have: somebody renamed a test or moved its file.
 * @param report of all files that ran; those of a project that did not run are not asked for
 */
export function lostProofs(claims: Claim[], report: VitestReport): string[] {
  return claims.flatMap(({ id, proof }) => {
    if (!proof || !('file' in proof) || !filesOf(proof.file, report).length) return [];
    if (testsOf(proof, report).length > 0) return [];
    return [`Row ${id} of test/claims.ts: ${proof.file} has no test "${proof.test}".`];
  });
}

const filesOf = (file: string, { testResults }: VitestReport): VitestReport['testResults'] =>
  testResults.filter(({ name }) => name.endsWith(`/${file}`));

const testsOf = (
  { file, test }: { file: string; test: string },
  report: VitestReport,
): { fullName: string; status: string }[] =>
  filesOf(file, report)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => fullName.includes(test));
