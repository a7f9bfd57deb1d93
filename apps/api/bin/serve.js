/**
 * Plain JavaScript: Node has its compile cache before it reads the first TypeScript, whose types are taken out once and
 * not at every start.
 */
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';

// Portable: an image has it from where it was built.
enableCompileCache({
  directory: join(resolve(import.meta.dirname, '../../..'), '.cache/compiled'),
  portable: true,
});
await import('../src/main.ts');
