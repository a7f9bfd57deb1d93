import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The packages that a script loads, in a fresh Node. */
function loadedBy(script: string): string[] {
  const listen = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)(?:\\/dist\\/([^/]+))?/.exec(url);
      if (name) loaded.add(name[1] === '@shikijs/langs' ? name[1] + '/' + name[2] : name[1]);
      return next(url, context);
    } });
    const { render } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    ${script}
    console.log(JSON.stringify([...loaded]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', listen], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}

it('loads only what a text needs', () => {
  expect(loadedBy('')).toEqual([]);
  const plain = loadedBy(`await render('# Hello')`);
  expect(plain).toContain('unified');
  expect(plain.filter((name) => /shiki|temml/.test(name))).toEqual([]);
  const json = loadedBy(`await render('\`\`\`json\\n{}\\n\`\`\`')`);
  expect(json.filter((name) => name.startsWith('@shikijs/langs'))).toEqual(['@shikijs/langs/json.mjs']);
}, 60_000);
