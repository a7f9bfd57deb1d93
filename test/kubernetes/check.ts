/**
 * `npm run k8s:check [-- --json] [-- --write]`: renders every overlay and looks at all that checks.ts lists. Needs kubectl or
 * the pinned kustomize, and no cluster. Exit 1 when something is found. --write: writes docs/capacity.md first.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bringProgram } from '@homepage/testkit/programs';
import { capacityDocument, capacityFile } from './capacity/document.ts';
import { repositoryChecks, runChecks, type Report } from './checks.ts';
import type { Finding } from './finding.ts';
import { renderRepository } from './repository.ts';

/** Of one check; the rest is counted. */
const SHOWN = 20;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(
    'npm run k8s:check [-- --json] [-- --write]\nLooks at the rendered manifests. --write: writes docs/capacity.md first.',
  );
  process.exit(0);
}
await bringProgram('kustomize', (line) => console.error(line));
const rendered = await renderRepository();
if (values.write) {
  rendered.capacityPage = capacityDocument(rendered);
  writeFileSync(capacityFile, rendered.capacityPage);
}
const reports = runChecks(rendered, repositoryChecks);
const found = reports.reduce((total, { findings }) => total + findings.length, 0);
if (values.json) console.log(JSON.stringify({ checks: reports }));
else print(reports);
if (found > 0) process.exitCode = 1;

function print(list: Report[]): void {
  for (const { number, name, findings } of list) {
    console.log(`${findings.length === 0 ? '✓' : '✗'} ${number} ${name}`);
    if (findings.length > 0)
      console.log(`  ${repositoryChecks.find((check) => check.number === number)!.why}`);
    for (const finding of findings.slice(0, SHOWN)) console.log(textOf(finding));
    if (findings.length > SHOWN) console.log(`  … and ${findings.length - SHOWN} more`);
  }
  const resources = rendered.overlays.map(({ name, resources }) => `${resources.length} of ${name}`);
  console.log(`${list.length} checks of ${resources.join(', ')} resources: ${found} findings`);
}

function textOf({ overlay, resource, file, path, message, fix }: Finding): string {
  return [
    `  ${overlay}: ${resource}${path ? ` ${path}` : ''}`,
    `    ${message}`,
    `    ${fix}${file === null ? '' : ` (${file})`}`,
  ].join('\n');
}
