/** The two images of this repository: what they read is in their sources. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '@homepage/platform';
import { SERVICE_ACCOUNT } from '@homepage/vault';
import { buildProgram } from '../../../apps/ops/src/commands.ts';
import { isInBackend } from '../../../scripts/image/backend.ts';
import { valueOf, wordsOf, type Program } from './program.ts';

const repository = resolve(import.meta.dirname, '../../..');
const folder = join(repository, 'deploy/images/frontend');
const nginx = readFileSync(join(folder, 'nginx.conf'), 'utf8').replace(/^\s*#.*$/gm, '');

/** The `homepage` command. */
const COMMAND = 'apps/ops/src/main.ts';
/** Of Node and the C library, before any of ours. */
const NODE = [
  'NODE_ENV',
  ...[
    ...readFileSync(join(repository, 'deploy/images/backend/process.env'), 'utf8').matchAll(/^(\w+)=/gm),
  ].map(([, name]) => name!),
];

/** Looks whether all of it is known; what it would do is not done. */
const homepageProblem = remembered((line: string): string | undefined => {
  try {
    buildProgram(async () => {}).parse(JSON.parse(line) as string[], { from: 'user' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
});
const isInImage = remembered((path: string): boolean => isInBackend(repository, path));

/** Many mutants ask the same. */
function remembered<Value>(ask: (question: string) => Value): (question: string) => Value {
  const answers = new Map<string, Value>();
  return (question) => {
    if (!answers.has(question)) answers.set(question, ask(question));
    return answers.get(question)!;
  };
}

const shapes = environment.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>;

export const backend: Program = {
  image: /(^|-)backend$/,
  source: 'packages/platform/src/settings.ts, apps/ops/src/commands.ts, scripts/image/backend.ts',
  variables: [...Object.keys(shapes), ...NODE],
  valueProblem: (name, value) =>
    shapes[name] && !shapes[name].safeParse(value).success ? `${name} cannot be "${value}"` : undefined,
  commandProblem({ command, args = [] }) {
    if (command) return 'its image has the program; what it is told is args';
    const [file, ...rest] = args;
    // As the image says; or a line for Node itself.
    if (file === undefined || file === '-e') return undefined;
    if (!isInImage(file)) return `the image has no file ${file}`;
    return file === COMMAND ? homepageProblem(JSON.stringify(rest)) : undefined;
  },
  needs(container) {
    const words = wordsOf(container);
    // Whose visitors they are, and how links begin.
    if (words.length === 0) return ['PUBLIC_URL', 'TRUSTED_PROXIES'];
    const line = words.slice(1).join(' ');
    // Once is not enough where it is started once.
    if (line.startsWith('vault unseal')) return ['--stay', '--address', '--ca', '--keys-file'];
    // Without them backups lie there for everybody to read, and what has no proof stays without.
    const there = ['--address', '--ca', '--approle'];
    if (/^vault snapshot /.test(line)) return [...there, 'BACKUP_RECIPIENTS'];
    if (line.startsWith('vault snapshots')) return ['prune'];
    if (line.startsWith('vault rotate secret-ids primary')) return [...there, '--environment', '--only'];
    if (line.startsWith('vault rotate secret-ids bootstrap')) return there;
    if (line.startsWith('backup run')) return ['--scheduled', 'BACKUP_RECIPIENTS'];
    // Its certificate it takes by itself: two who look after it are in each other's way.
    return line.startsWith('certificates watch valkey') ? ['--users-only'] : [];
  },
  listens: (container) => [
    Number(valueOf(container, 'PORT') ?? 3000),
    Number(valueOf(container, 'OPS_PORT') ?? 9464),
  ],
  health: { startupProbe: ['/livez'], livenessProbe: ['/livez'], readinessProbe: ['/readyz'] },
  // Pictures and backups on their way; who only asks others keeps nothing.
  writes: (container) =>
    wordsOf(container).some((word) => ['vault', 'certificates', '-e'].includes(word)) ? [] : ['/tmp'],
  reads: (container) => (wordsOf(container).includes('--to-kubernetes') ? [SERVICE_ACCOUNT] : []),
};

/** What nginx.conf includes and the image does not bring: who deploys it does. */
const places = [...nginx.matchAll(/include (\/\S+);/g)]
  .map(([, path]) => path!)
  .filter((path) => !existsSync(join(folder, path.split('/').at(-1)!)));

export const frontend: Program = {
  image: /(^|-)frontend$/,
  source: 'deploy/images/frontend',
  variables: [],
  commandProblem: (container) =>
    wordsOf(container).length > 0 ? 'its image says how it starts, and no more is needed' : undefined,
  listens: () => [...new Set([...nginx.matchAll(/listen (?:\S+:)?(\d+)/g)].map(([, port]) => Number(port)))],
  health: { startupProbe: ['/healthz'], livenessProbe: ['/healthz'], readinessProbe: ['/healthz'] },
  writes: () => [...new Set([...nginx.matchAll(/ (\/tmp)\b/g)].map(([, path]) => path!))],
  reads: () => places,
  brings: (path) =>
    path.startsWith('/etc/nginx/') && existsSync(join(folder, path.slice('/etc/nginx/'.length))),
};
