/** The texts of deploy/backup, and the CronJob of Kubernetes: each runs a command that there is, and has what keeps a schedule honest. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../commands.ts';

const folder = resolve(import.meta.dirname, '../../../../../deploy/backup');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** @throws when the command line is wrong use */
async function requireCommand(words: string[]): Promise<void> {
  let ran = false;
  await buildProgram(async () => {
    ran = true;
  }).parseAsync(words, { from: 'user' });
  expect([words, ran]).toEqual([words, true]);
}

/** `[section] key=value`, comments left out */
function unit(name: string): Record<string, string> {
  const lines = read(name)
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
}

type CronJob = {
  spec: {
    jobTemplate: {
      spec: {
        template: {
          spec: { restartPolicy: string; containers: { args: string[] }[]; volumes: object[] };
        };
      };
    };
  };
};

test('the CronJob: every six hours, one at a time, ends by itself, is caught up', async () => {
  const job = parse(read('../kubernetes/base/backup/backup-cron-job.yaml')) as CronJob;
  expect(job.spec).toMatchObject({
    schedule: '0 */6 * * *',
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 18_000,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 5,
    jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: 7200 } },
  });
  const pod = job.spec.jobTemplate.spec.template.spec;
  expect(pod.restartPolicy).toBe('Never');
  const [program, ...words] = pod.containers[0]!.args;
  expect(program).toBe('apps/ops/src/main.ts');
  await requireCommand(words);
  expect(words).toEqual(['backup', 'run', '--scheduled']);
});

test('the services of compose', async () => {
  const { services } = parse(read('compose.yaml')) as { services: Record<string, { command: string[] }> };
  for (const { command } of Object.values(services)) {
    expect(command[0]).toBe('apps/ops/src/main.ts');
    await requireCommand(command.slice(1));
  }
});

test('the units of systemd: a timer for each service, and what was missed is caught up', async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.service'));
  expect(names).toEqual(['homepage-backup.service', 'homepage-prune.service']);
  for (const name of names) {
    const command = unit(name)['ExecStart']!.split(' ');
    expect(command.slice(0, 2)).toEqual(['/usr/bin/npx', 'homepage']);
    await requireCommand(command.slice(2));
    expect(unit(name)['Type']).toBe('oneshot');
    expect(unit(name)['TimeoutStartSec']).toBeDefined();
    expect(unit(name.replace('.service', '.timer'))['Persistent']).toBe('true');
  }
  expect(unit('homepage-backup.timer')['OnCalendar']).toBe('*-*-* 00/6:00:00');
  // Those that write may not remove.
  const files = names.map((name) => unit(name)['EnvironmentFile']);
  expect(new Set(files).size).toBe(2);
});
