import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['**/build/', '**/.svelte-kit/', '.cache/', 'data/', 'test/output/', '**/*.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Node runs these files by stripping types: no enum.' },
      ],
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.ts'], ignores: ['apps/web/**'], rules: { 'no-undef': 'off' } },
  {
    files: [
      'apps/{api,ops}/**/*.ts',
      'packages/**/*.ts',
      'scripts/*.ts',
      'test/**/*.ts',
      'homepage.config.ts',
    ],
    ignores: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    // Markdown is sanitised when it is saved (packages/markdown).
    rules: { 'svelte/no-at-html-tags': 'off', 'no-undef': 'off' },
  },
);
