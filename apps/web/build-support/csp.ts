import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Source = `sha256-${string}`;

const hash = (text: string): Source => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Hashes of the scripts written into app.html by hand; SvelteKit adds those of its own. */
export function appHtmlScripts(file: URL): Source[] {
  const html = readFileSync(file, 'utf8');
  return [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => hash(match[1]!));
}

/** SvelteKit's route announcer has a style attribute: its hash, read from the installed version. */
export function routeAnnouncerStyle(): Source {
  const require = createRequire(import.meta.url);
  const kit = require.resolve('@sveltejs/kit/package.json');
  const root = readFileSync(new URL('./src/runtime/components/root.svelte', `file://${kit}`), 'utf8');
  const style = /id="svelte-announcer"[\s\S]*?style="([^"]*)"/.exec(root)?.[1];
  if (!style) throw new Error('the route announcer of this SvelteKit version has no style: look at csp.ts');
  return hash(style);
}
