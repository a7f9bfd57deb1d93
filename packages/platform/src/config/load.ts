import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem, Problems } from '../problem.ts';
import { describeIssue } from './describe-issue.ts';
import { siteConfig, type SiteConfig } from './schema.ts';

/**
 * Reads and checks the configuration file.
 * @throws Problem CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_NO_DEFAULT; Problems CONFIG_INVALID naming every wrong field
 */
export async function loadSiteConfig(file: string): Promise<SiteConfig> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new Problem('CONFIG_MISSING', `There is no configuration file at ${path}.`, {
      field: 'HOMEPAGE_CONFIG',
      fix: 'Restore homepage.config.ts from the repository, or name another file in HOMEPAGE_CONFIG.',
      command: 'git restore homepage.config.ts',
    });
  }
  const loaded = await importFile(path);
  const name = basename(path);
  if (loaded.default === undefined) throw noDefault(`${name} has no default export.`);
  if (typeof loaded.default === 'function') throw noDefault(`${name} exports a function, not an object.`);
  return checkSiteConfig(loaded.default, name);
}

/**
 * Fills in defaults and checks every field.
 * @throws Problems CONFIG_INVALID with one Problem a wrong field, each with its path and a fix
 */
export function checkSiteConfig(value: unknown, file = 'homepage.config.ts'): SiteConfig {
  const result = siteConfig.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, value));
  throw new Problems('CONFIG_INVALID', `${file} is not valid:`, problems, {
    fix: 'Fix these fields; docs/how-to/make-it-yours.md explains each.',
  });
}

async function importFile(path: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    const [summary] = String((cause as Error).message ?? cause).split('\n');
    throw new Problem('CONFIG_UNREADABLE', `${placeOf(cause, path)} cannot be read: ${summary}`, {
      field: 'HOMEPAGE_CONFIG',
      fix: 'Fix the file there; it must be TypeScript that Node can run by stripping types.',
      cause,
    });
  }
}

/** The file, with the line when the error's stack names it. */
function placeOf(error: unknown, path: string): string {
  const stack = (error as Error).stack ?? '';
  for (const name of [pathToFileURL(path).href, path]) {
    const at = stack.indexOf(`${name}:`);
    const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + name.length + 1))?.[0];
    if (line) return `${path}:${line}`;
  }
  return path;
}

function noDefault(message: string): Problem {
  return new Problem('CONFIG_NO_DEFAULT', message, {
    field: 'HOMEPAGE_CONFIG',
    fix: 'Let it end in: export default defineSite({ … });',
  });
}
