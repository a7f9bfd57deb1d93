/** Results of drills as a table in docs/operations.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Drill, DrillResult } from './outcome.ts';

const file = resolve(import.meta.dirname, '../../docs/operations.md');

/** Replaces what stands between `<!-- drills: <group> -->` and `<!-- end -->`. @throws Error when there is no such place */
export function writeTable(group: string, drills: Drill[], results: DrillResult[], date: Date): void {
  const place = new RegExp(`(?<=<!-- drills: ${group} -->\\n)[^]*?(?=<!-- end -->)`);
  const text = readFileSync(file, 'utf8');
  if (!place.test(text)) throw new Error(`docs/operations.md has no place for the drills of ${group}`);
  writeFileSync(
    file,
    text.replace(place, () => table(group, drills, results, date)),
  );
}

function table(group: string, drills: Drill[], results: DrillResult[], date: Date): string {
  const rows = results.map((result) => {
    const about = drills.find(({ name }) => name === result.name)!.about;
    return `| **${result.name}** ${about} | ${numbers(result)} | ${result.detail.replaceAll('|', '\\|')} |`;
  });
  return [
    `Written by \`npm run drill -- ${group}\` on ${date.toISOString().slice(0, 10)}.`,
    '',
    '| what is done | requests, failed, writes lost, well again after | what visitors saw |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function numbers({ requests, failed, lost, recoverySeconds }: DrillResult): string {
  const well = recoverySeconds === null ? '–' : `${recoverySeconds.toFixed(1)} s`;
  return `${requests}, ${failed}, ${lost}, ${well}`;
}
