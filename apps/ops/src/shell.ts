/** What a command may know of the process it runs in. */
import { join, resolve } from 'node:path';
import { loadDotEnv, readSettings, type Settings } from '@homepage/platform';
import { loadSiteConfig, type SiteConfig } from '@homepage/platform/config';
import { ask } from './ask.ts';
import { startProgress, type Progress } from './progress.ts';

export type Shell = {
  repository: string;
  env: NodeJS.ProcessEnv;
  /** stdout is for JSON alone */
  json: boolean;
  /** A person is there to answer questions. */
  interactive: boolean;
  /** @throws Problems SETTINGS_INVALID, Problem ENV_FILE_UNREADABLE */
  settings(): Settings;
  /** @throws Problem CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_NO_DEFAULT; Problems CONFIG_INVALID */
  config(): Promise<SiteConfig>;
  /** A path that the person gave, made absolute: it starts where they stand. */
  path(given: string): string;
  progress(): Progress;
  /** Says something beside the result, on stderr. */
  note(text: string): void;
  /** @returns true for yes */
  ask(question: string): Promise<boolean>;
};

const repository = resolve(import.meta.dirname, '../../..');

export function processShell({ json }: { json: boolean }): Shell {
  const { env, stdin, stderr } = process;
  return {
    repository,
    env,
    json,
    interactive: Boolean(stdin.isTTY && stderr.isTTY),
    settings() {
      loadDotEnv(repository);
      return readSettings(env, repository);
    },
    config() {
      return loadSiteConfig(this.settings().configFile ?? join(repository, 'homepage.config.ts'));
    },
    path: (given) => resolve(whereThePersonStands(env), given),
    note: (text) => void stderr.write(`${text}\n`),
    progress: () => startProgress({ stream: stderr, quiet: json && !stderr.isTTY }),
    ask: (question) => ask(question, stdin, stderr),
  };
}

/** `npm run homepage` changes to the repository first and leaves the place it was called from in INIT_CWD. */
function whereThePersonStands(env: NodeJS.ProcessEnv): string {
  const ranByNpm = env['npm_lifecycle_event'] === 'homepage';
  return (ranByNpm && env['INIT_CWD']) || process.cwd();
}
