/** Runs the checks over mutants, and says which nobody saw. */
import { findingsOf, repositoryChecks } from '../checks.ts';
import type { Check, Finding } from '../finding.ts';
import type { Rendered } from '../resource.ts';
import type { Mutant } from './mutant.ts';

export type Verdict = {
  mutant: Mutant;
  /** of the check that saw it; null: it survived */ caughtBy: number | null;
};

/** Cheap ones first: most mutants end at the first one or two. */
const DEAR = [13, 14, 15];
const order = repositoryChecks
  .filter(({ number }) => number !== 65)
  .sort((a, b) => Number(DEAR.includes(a.number)) - Number(DEAR.includes(b.number)));

/** Of policies, and of what they select by. */
const concernsNetwork = ({ resource, path }: Mutant): boolean =>
  /^(NetworkPolicy|Namespace) /.test(resource) || path === '' || /labels|[pP]ort|^metadata/.test(path);

export function runMutants(rendered: Rendered, mutants: Iterable<Mutant>): Verdict[] {
  const before = new Map(
    order.map((check) => [check.number, new Set(findingsOf(check, rendered).map(textOf))]),
  );
  const seenBy = (mutant: Mutant): number | null => {
    const worse = mutant.make();
    const sees = (check: Check): boolean =>
      findingsOf(check, worse).some((finding) => !before.get(check.number)!.has(textOf(finding)));
    const found = order.find(
      (check) => (!DEAR.includes(check.number) || concernsNetwork(mutant)) && sees(check),
    );
    return found?.number ?? null;
  };
  return [...mutants].map((mutant) => ({ mutant, caughtBy: seenBy(mutant) }));
}

const textOf = ({ overlay, resource, path, message }: Finding): string =>
  `${overlay} ${resource} ${path} ${message}`;
