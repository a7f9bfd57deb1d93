/**
 * Names of variables that were meant to be ours. A typo in one of them changes nothing, silently: DATABSE_URL would make
 * the site begin with an empty database of its own.
 */
import { Problem } from './problem.ts';
import { editDistance } from './suggest.ts';

/** As near to ours as a typo: well-known names of other programs, and what apps/api/src/version.ts reads. */
const NOT_OURS = new Set(['SSL_CERT_FILE', 'SSL_KEY_FILE', 'SSL_CA_FILE', 'HOMEPAGE_COMMIT']);

/**
 * Names of the environment that are a typing error away from one of ours that is not set. Where ours is set too, the
 * other belongs to another program. Kubernetes writes variables for each Service (`DATABASE_PORT=tcp://…`,
 * `HOMEPAGE_SERVICE_HOST`): those are never meant.
 */
export function misspelled(
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): { name: string; meant: string }[] {
  const unset = known.filter((name) => !env[name]);
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value || known.includes(name) || NOT_OURS.has(name) || isKubernetes(name, value)) return [];
    const meant = nearest(name, unset);
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** @returns Problem VARIABLE_UNKNOWN */
export function variableUnknown({ name, meant }: { name: string; meant: string }): Problem {
  return new Problem('VARIABLE_UNKNOWN', `${name} is not a variable of this program.`, {
    field: name,
    fix: `Did you mean ${meant}? Rename it, or unset ${name}.`,
    command: whereSet(name),
  });
}

/** Shows the line, when it is one of `.env`; otherwise it comes from the environment. */
export const whereSet = (name: string): string => `grep -n '^${name}' .env`;

const isKubernetes = (name: string, value: string): boolean =>
  /^(tcp|udp|sctp):\/\//.test(value) ||
  /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?$/.test(name);

/** The longer a name, the more slips; a short one is a word of its own after one letter (HOST, POST). */
const slips = (length: number): number => (length >= 14 ? 3 : length >= 11 ? 2 : 1);

function nearest(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  return known.find((candidate) => {
    if (candidate.length < 5) return isSwapped(name, candidate);
    const distance = editDistance(upper, candidate);
    // A first letter that differs is a slip only when it is the only one: APP_PORT is not OPS_PORT.
    return distance <= 1 || (distance <= slips(candidate.length) && upper[0] === candidate[0]);
  });
}

/** Two letters next to each other in the wrong order: PROT. */
function isSwapped(name: string, candidate: string): boolean {
  const letters = (text: string): string => [...text].toSorted().join('');
  return letters(name) === letters(candidate) && editDistance(name, candidate) === 1;
}
