/** Walks every command that there is, so that a new one cannot forget its help or its page in the docs. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { environment } from '@homepage/platform';
import { runHomepage } from '@homepage/testkit';
import { buildProgram } from './commands.ts';

const repository = resolve(import.meta.dirname, '../../..');
const commandsPage = readFileSync(join(repository, 'docs/reference/commands.md'), 'utf8');
const environmentPage = readFileSync(join(repository, 'docs/reference/environment.md'), 'utf8');

type Entry = { words: string[]; command: Command };
const program = buildProgram(async () => {});
const all = walk(program, []);
const leaves = all.filter(({ command }) => command.commands.length === 0);

function walk(parent: Command, words: string[]): Entry[] {
  return parent.commands.flatMap((command) => {
    const own = [...words, command.name()];
    return [{ words: own, command }, ...walk(command, own)];
  });
}

test('these are the commands', () => {
  expect(leaves.map(({ words }) => words.join(' '))).toEqual([
    'serve',
    'migrate',
    'import',
    'export',
    'preview',
    'sample remove',
    'messages list',
    'messages remove',
    'certificates watch',
    'backup run',
    'backup verify',
    'backup list',
    'backup restore',
    'backup prune',
    'backup status',
    'rebuild',
    'vault init',
    'vault up',
    'vault status',
    'vault unseal',
    'vault rotate intermediate',
    'vault rotate secret-ids',
    'vault revoke',
    'vault snapshot',
    'vault snapshots list',
    'vault snapshots prune',
    'vault restore',
    'vault policy test',
    'secrets set',
    'secrets list',
    'secrets versions',
    'secrets rollback',
    'secrets diff',
    'secrets parity',
    'secrets import-env',
    'images resolve',
    'images check',
    'images reference',
    'doctor',
  ]);
});

describe.each(leaves.map((entry) => ({ ...entry, name: entry.words.join(' ') })))(
  'homepage $name',
  ({ words, command, name }) => {
    test('describes itself, its arguments and its options', () => {
      expect(command.description()).toMatch(/^[A-Z].*\.$/);
      for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
      for (const option of command.options) expect(option.description).not.toBe('');
      expect(command.options.map((option) => option.long)).toContain('--json');
    });

    test('has a help with usage, examples, exit codes and environment', async () => {
      const { code, stdout, stderr } = await runHomepage([...words, '--help'], '/nowhere');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: homepage ${name} \\[options\\]`));
      for (const part of [
        'Options:',
        'Examples:',
        `  homepage ${name}`,
        'Exit codes:',
        '  2  wrong use',
        'Environment',
        'LOG_LEVEL',
      ]) {
        expect(stdout).toContain(part);
      }
    });

    test('refuses an unknown option with exit code 2 and one line that shows the way', async () => {
      const { code, stdout, stderr } = await runHomepage([...words, '--jsno'], '/nowhere');
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: `Unknown option '--jsno'.\nDid you mean --json? See: homepage ${name} --help\n`,
      });
    });

    test('is described in docs/reference/commands.md with every argument and option', () => {
      const section = sectionOf(commandsPage, `homepage ${name}`);
      for (const { long } of command.options) expect(section).toContain(`\`${long}\``);
      for (const argument of command.registeredArguments) expect(section).toContain(`<${argument.name()}>`);
    });
  },
);

test('every variable that is read is in docs/reference/environment.md with its default', () => {
  const defaults = environment.parse({});
  for (const [name, value] of Object.entries(environment.shape).map(
    ([name]) => [name, defaults[name as 'PORT']] as const,
  )) {
    const row = environmentPage.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row, name).toBeDefined();
    if (value !== undefined) expect(row).toContain(`\`${value}\``);
  }
});

test('every code of what asks Vault is in docs/reference/errors.md, and no other', () => {
  const page = readFileSync(join(repository, 'docs/reference/errors.md'), 'utf8');
  const explained = [...page.matchAll(/^\| `(VAULT_[A-Z_]+)` \|/gm)].map(([, code]) => code!);
  const variables = new Set(
    [...environmentPage.matchAll(/^\| `(VAULT_[A-Z_]+)` \|/gm)].map(([, name]) => name!),
  );
  const said = ['packages/vault/src', 'apps/ops/src'].flatMap((folder) =>
    globSync('**/*.ts', { cwd: join(repository, folder) })
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [
        ...readFileSync(join(repository, folder, file), 'utf8').matchAll(/'(VAULT_[A-Z_]+)'/g),
      ])
      .map(([, name]) => name!),
  );
  const codes = new Set(said.filter((name) => !variables.has(name)));
  expect(codes.size).toBeGreaterThan(50);
  expect(explained.toSorted()).toEqual([...codes].toSorted());
});

function sectionOf(page: string, heading: string): string {
  const start = page.indexOf(`## ${heading}`);
  expect(start, `a section "${heading}"`).toBeGreaterThan(-1);
  const end = page.indexOf('\n## ', start + 1);
  return page.slice(start, end < 0 ? undefined : end);
}
