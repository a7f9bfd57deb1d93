/**
 * Builds the last stage of a Dockerfile where its bases cannot be pulled: on files of this machine in place of the base, with the
 * same instructions after it.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOfNeeds, requireProgram } from '@homepage/testkit/programs';
import type { Engine } from './engine.ts';
import { layOutBackend } from './backend.ts';
import { layOutFrontend } from './frontend.ts';
import { backupPrograms, layOutMachine } from './machine.ts';

type Local = {
  /** lays out what the last stage stands on and copies, below the context's folder */
  layOut(repository: string, context: string): Promise<void>;
  /** where the last stage copies from, in the stages before: where that is in the context */
  copies: Record<string, string>;
};

const MIME_TYPES = '/etc/nginx/mime.types';
const BROTLI = 'usr/lib/nginx/modules/ngx_http_brotli_static_module.so';

const images: Record<'backend' | 'frontend', Local> = {
  backend: {
    async layOut(repository, context) {
      layOutMachine(join(context, 'base'), {});
      layOutMachine(join(context, 'machine'), { 'usr/bin/node': process.execPath });
      layOutMachine(join(context, 'postgresql'), backupPrograms());
      await layOutBackend(repository, join(context, 'out'), { cpu: process.arch as 'x64' | 'arm64' });
    },
    copies: {
      '/out /': 'postgresql /',
      '/app/node_modules/node/bin/node /usr/bin/node': 'machine /',
      '/out/packages /app': 'out/packages /app',
      '/out/program /app': 'out/program /app',
    },
  },
  frontend: {
    async layOut(repository, context) {
      layOutMachine(join(context, 'base'), { 'usr/sbin/nginx': requireProgram('nginx') });
      mkdirSync(join(context, 'base/etc/nginx'), { recursive: true });
      copyFileSync(MIME_TYPES, join(context, 'base', MIME_TYPES));
      const module = join(context, 'machine', BROTLI);
      mkdirSync(dirname(module), { recursive: true });
      copyFileSync(fileOfNeeds('nginx')!, module);
      layOutFrontend(repository, join(context, 'out'));
    },
    copies: {
      '/modules/nginx/objs/ngx_http_brotli_static_module.so /usr/lib/nginx/modules/': 'machine /',
      '/out /': 'out /',
    },
  },
};

/** @param context an empty folder. @returns the image's id */
export async function buildLocally(
  engine: Engine,
  {
    repository,
    name,
    context,
    tag,
  }: { repository: string; name: keyof typeof images; context: string; tag: string },
): Promise<string> {
  const { layOut, copies } = images[name];
  await layOut(repository, context);
  const text = readFileSync(join(repository, 'deploy/images', name, 'Dockerfile'), 'utf8');
  writeFileSync(join(context, 'Dockerfile'), onThisMachine(text, copies));
  // The builder that every engine has; there is nothing to run or to cache.
  const before = engine.env['DOCKER_BUILDKIT'];
  engine.env['DOCKER_BUILDKIT'] = '0';
  try {
    engine.docker('build', '--quiet', '--tag', tag, '--build-arg', 'COMMIT=local', context);
  } finally {
    engine.env['DOCKER_BUILDKIT'] = before;
  }
  return engine.docker('image', 'inspect', '--format', '{{.Id}}', tag);
}

/** @throws Error when the last stage copies something that is not known here: then this would prove another image */
export function onThisMachine(dockerfile: string, copies: Record<string, string>): string {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ') + 1);
  const lines = last.split('\n').map((line) => {
    if (line.startsWith('FROM ')) return 'FROM scratch\nCOPY base /';
    const [, copied] = /^COPY --from=\w+ (.*)$/.exec(line) ?? [];
    if (copied === undefined) return line;
    const here = copies[copied];
    if (here === undefined) throw new Error(`nothing here stands for "${line}"`);
    return `COPY ${here}`;
  });
  return lines.join('\n');
}
