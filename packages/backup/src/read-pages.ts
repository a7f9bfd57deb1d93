/** Starts the site on restored data, as it would run, and reads pages of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environment, Problem } from '@homepage/platform';

export type ReadPagesOptions = {
  /** with the restored database in it */
  dataDir: string;
  /** the program that serves the site */
  serve: string;
  configFile: string | undefined;
};

const ALWAYS = ['/', '/posts', '/archive', '/projects', '/rss.xml', '/sitemap.xml', '/api/v1/posts'];
const POSTS = 5;

/**
 * @returns how many pages were read
 * @throws Problem BACKUP_SITE_FAILED
 */
export async function readPages(options: ReadPagesOptions): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'copy-of-site.ts'), options.serve], {
    env: { ...onlyTheCopy(), DATA_DIR: options.dataDir, HOMEPAGE_CONFIG: options.configFile ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  child.stdin.on('error', () => {}); // it has ended, which is told below
  let output = '';
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  try {
    const address = await new Promise<string>((done, fail) => {
      let said = '';
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        const found = /^Homepage is ready: (\S+)$/m.exec(said)?.[1];
        if (found) done(found);
      });
      child.on('exit', (code) => fail(failed(`did not start (exit code ${code}): ${lastLine(output)}`)));
    });
    return await read(address);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function read(address: string): Promise<number> {
  const list = await get(address, '/api/v1/posts');
  const { items } = JSON.parse(list) as { items: { slug: string }[] };
  const pages = [...ALWAYS, ...items.slice(0, POSTS).map(({ slug }) => `/posts/${encodeURIComponent(slug)}`)];
  for (const page of pages) await get(address, page);
  return pages.length;
}

async function get(address: string, path: string): Promise<string> {
  const answer = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(60_000) }).catch(
    (cause: unknown) => {
      throw failed(`gave no answer for ${path}`, cause);
    },
  );
  const text = await answer.text();
  if (answer.status !== 200 || text === '') throw failed(`answered ${answer.status} for ${path}`);
  return text;
}

/** Nothing of the real site: not its database, its storage or its secrets, and nobody gets its mail. */
function onlyTheCopy(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const unset = Object.fromEntries(Object.keys(environment.shape).map((name) => [name, '']));
  return { PATH, HOME, TMPDIR, ...unset, SECRETS_DIR: 'none', PORT: '0', OPS_PORT: '0', LOG_LEVEL: 'error' };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function failed(what: string, cause?: unknown): Problem {
  return new Problem('BACKUP_SITE_FAILED', `The site on the restored data ${what}.`, {
    fix: 'Run `homepage doctor`; when the site itself is well, use another backup.',
    cause,
  });
}
