import { describe, expect, test } from 'vitest';
import { runHomepage } from '@homepage/testkit';

const run = (...args: string[]): ReturnType<typeof runHomepage> => runHomepage(args, '/nowhere');

test.each([
  [['imprt', 'x'], "Unknown command 'imprt'.", 'Did you mean import? See: homepage --help'],
  [['nonsense'], "Unknown command 'nonsense'.", 'See: homepage --help'],
  [['sample', 'remvoe'], "Unknown command 'remvoe'.", 'Did you mean remove? See: homepage sample --help'],
  [['--versoin'], "Unknown option '--versoin'.", 'Did you mean --version? See: homepage --help'],
  [['import'], "Missing required argument 'folder'.", 'See: homepage import --help'],
  [
    ['import', 'x', '--dry-rnu'],
    "Unknown option '--dry-rnu'.",
    'Did you mean --dry-run? See: homepage import --help',
  ],
  [['import', 'x', "--value=SUPER'SECRET"], "Unknown option '--value=…'.", 'See: homepage import --help'],
  [
    ['import', 'a', 'b'],
    "Too many arguments for 'import'. Expected 1 argument but got 2.",
    'See: homepage import --help',
  ],
  [
    ['sample', 'remove'],
    'This removes content, and nobody is there to be asked.',
    'Run: homepage sample remove --yes',
  ],
])('homepage %j is wrong use', async (args, message, fix) => {
  expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr: `${message}\n${fix}\n` });
});

describe('without a command', () => {
  test.each([[[]], [['sample']]])('homepage %j shows help on stderr, exit code 2', async (args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: homepage/);
  });
});

test('wrong use with --json is JSON alone on stdout', async () => {
  const { code, stdout } = await run('import', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'USAGE',
      message: "Missing required argument 'folder'.",
      fix: 'See: homepage import --help',
      field: null,
      command: null,
    },
  });
});

test('homepage --help and homepage help list every command on stdout', async () => {
  for (const args of [['--help'], ['help']]) {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['serve', 'migrate', 'import', 'export', 'sample', 'doctor'])
      expect(stdout).toContain(`\n  ${name} `);
  }
});
