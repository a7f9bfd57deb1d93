/**
 * `npm run programs [-- <name>…]`: brings the servers that tests and `npm run platform` start: those on PATH, Debian's
 * packages (as root), or a pinned Go tool. Exit 1 when one cannot be had.
 */
import { parseArgs } from 'node:util';
import { suggest } from '@homepage/platform';
import { bringProgram, neededPrograms, programs, type ProgramName } from '@homepage/testkit/programs';

const known = Object.keys(programs) as ProgramName[];
const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
if (values.help) {
  console.log(`npm run programs [-- <name>…]\nBrings ${known.join(', ')}; by default those that tests need.`);
  process.exit(0);
}
for (const name of positionals) {
  if (known.includes(name as ProgramName)) continue;
  console.error(`There is no program "${name}". Did you mean ${suggest(name, known) ?? known.join(', ')}?`);
  process.exit(2);
}
for (const name of positionals.length > 0 ? (positionals as ProgramName[]) : neededPrograms) {
  const path = await bringProgram(name, (line) => console.error(line));
  console.log(path ? `${name}: ${path}` : `${name} is missing. ${programs[name].byHand}`);
  if (!path) process.exitCode = 1;
}
