/** Work that a site which only answers never does, and that needs much code: it is loaded when it is first called. */
import type { exportFolder as writeOut } from './export/export-folder.ts';
import type { importFolder as readIn } from './import/import-folder.ts';

/** See `import/import-folder.ts`. */
export async function importFolder(...parameters: Parameters<typeof readIn>): ReturnType<typeof readIn> {
  const { importFolder: work } = await import('./import/import-folder.ts');
  return work(...parameters);
}

/** See `export/export-folder.ts`. */
export async function exportFolder(...parameters: Parameters<typeof writeOut>): ReturnType<typeof writeOut> {
  const { exportFolder: work } = await import('./export/export-folder.ts');
  return work(...parameters);
}
