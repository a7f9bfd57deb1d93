/**
 * The walls between rooms (docs/architecture.md): who may import whom.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'apps-stand-alone',
      comment: 'Apps import packages, never each other.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-below-apps',
      comment: 'A package never knows who uses it.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|test|scripts)/' },
    },
    {
      name: 'contract-imports-only-its-schema-library',
      severity: 'error',
      from: { path: '^packages/contract/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/contract/src/|node_modules/zod/' },
    },
    {
      name: 'servers-reach-texts-through-site',
      comment: 'Rendering and storing a text is one thing; packages/site does both.',
      severity: 'error',
      from: { path: '^apps/(api|ops)/src/', pathNot: '\\.test\\.ts$|/test-[^/]+\\.ts$' },
      to: { path: '^packages/(markdown|client)/' },
    },
    {
      name: 'site-knows-no-client',
      severity: 'error',
      from: { path: '^packages/site/src/' },
      to: { path: '^packages/client/' },
    },
    {
      name: 'client-knows-only-the-contract',
      comment: 'Whoever calls the API from elsewhere gets nothing of the server.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|packages)/', pathNot: '^packages/(client|contract)/' },
    },
    {
      name: 'markdown-imports-no-room',
      severity: 'error',
      from: { path: '^packages/markdown/', pathNot: '\\.browser\\.test\\.ts$' },
      to: { path: '^packages/(?!markdown/)' },
    },
    {
      name: 'platform-imports-no-room',
      comment: 'Adapters know nothing of the site.',
      severity: 'error',
      from: { path: '^packages/platform/' },
      to: { path: '^packages/(?!platform/|testkit/)' },
    },
    {
      name: 'backup-knows-platform-and-site',
      comment: 'Backups are made of what the site stores and of adapters; they serve nobody.',
      severity: 'error',
      from: { path: '^packages/backup/src/', pathNot: '\\.test\\.ts$|/test-[^/]+\\.ts$' },
      to: { path: '^packages/(?!backup/|platform/|site/)' },
    },
    {
      name: 'nobody-below-knows-backup',
      severity: 'error',
      from: { path: '^packages/(?!backup/|testkit/)' },
      to: { path: '^packages/backup/' },
    },
    {
      name: 'vault-knows-platform-alone',
      comment: 'What Vault is told has nothing to do with what the site serves.',
      severity: 'error',
      from: { path: '^packages/vault/src/', pathNot: '\\.test\\.ts$|/test-[^/]+\\.ts$' },
      to: { path: '^packages/(?!vault/|platform/)' },
    },
    {
      name: 'only-operators-know-vault',
      comment: 'The site reads files; who writes them is nothing to it.',
      severity: 'error',
      from: { path: '^(apps/(?!ops/)|packages/(?!vault/|testkit/))' },
      to: { path: '^packages/vault/' },
    },
    {
      name: 'features-stand-alone',
      comment: 'A feature calls packages/site, never another feature.',
      severity: 'error',
      from: { path: '^apps/api/src/features/([^/]+)/' },
      to: { path: '^apps/api/src/features/', pathNot: '^apps/api/src/features/$1/' },
    },
    {
      name: 'web-knows-only-the-contract',
      comment: 'What runs in the browser may import the contract and nothing else of ours.',
      severity: 'error',
      from: { path: '^apps/web/src/' },
      to: { path: '^packages/(?!contract/|markdown/src/(code|math)\\.css)' },
    },
    {
      name: 'testkit-only-in-tests',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: '\\.test\\.ts$|/test-[^/]+\\.ts$|^packages/testkit/' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: { pathNot: '^apps/web/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(build|\\.svelte-kit|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
