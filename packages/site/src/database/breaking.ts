/**
 * What a migration may not do while the release before it still runs, by what its SQL says. Such a step belongs into a
 * later release, when nobody reads the old shape any more: then it is listed in CONTRACTING with its reason.
 */
const BREAKING: [pattern: RegExp, what: string, instead: string][] = [
  [
    /\bdrop\s+(table|view|schema)\b/i,
    'drops a table',
    'Stop using it in this release; drop it in the next one.',
  ],
  [/\bdrop\s+column\b/i, 'drops a column', 'Stop using it in this release; drop it in the next one.'],
  [/\brename\b/i, 'renames', 'Add the new name beside the old one, write both, and drop the old one later.'],
  [
    /\balter\s+column\s+\w+\s+(set\s+data\s+)?type\b/i,
    'changes a type',
    'Add a column of the new type and copy.',
  ],
  [
    /\bset\s+not\s+null\b/i,
    'forbids null',
    'Give the column a default first; forbid null in the next release.',
  ],
  [
    /\badd\s+column\s+(?:if\s+not\s+exists\s+)?\w+\s+(?=[^,;]*\bnot\s+null\b)(?![^,;]*\bdefault\b)/i,
    'adds a column that the release before does not fill',
    'Give it a default, or let it be null.',
  ],
  [
    /\badd\s+constraint\b(?![^;]*\bnot\s+valid\b)/i,
    'adds a rule that old rows may break',
    'Add it NOT VALID.',
  ],
];

export type Breaking = { what: string; instead: string };

/** @param source text of a migration */
export function breakingSteps(source: string): Breaking[] {
  const statements = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
  return BREAKING.filter(([pattern]) => pattern.test(statements)).map(([, what, instead]) => ({
    what,
    instead,
  }));
}
