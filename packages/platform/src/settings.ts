/**
 * Environment variables, checked once at start. The list and its defaults: docs/reference/environment.md.
 * @throws Problems SETTINGS_INVALID naming every wrong variable; values are never repeated in messages
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Problem, Problems } from './problem.ts';

const port = z.coerce
  .number('must be a port number')
  .int('must be a whole number')
  .min(0, 'must be between 0 and 65535')
  .max(65535, 'must be between 0 and 65535');
const originAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .refine((value) => URL.canParse(value) && new URL(value).pathname === '/', 'must not have a path')
  .transform((value) => new URL(value).origin);

const environment = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  OPS_HOST: z.string().min(1).default('127.0.0.1'),
  OPS_PORT: port.default(9464),
  PUBLIC_URL: originAddress.optional(),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  HOMEPAGE_CONFIG: z
    .string()
    .min(1)
    .optional()
    .transform((path) => path && resolve(path)),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be one of fatal, error, warn, info, debug, trace, silent',
    )
    .default('info'),
});

export type Settings = {
  port: number;
  host: string;
  opsHost: string;
  opsPort: number;
  /** origin without trailing slash; undefined: http://HOST:PORT when embedded */
  publicUrl: string | undefined;
  dataDir: string;
  databaseUrl: string | undefined;
  /** path of the site's configuration file; undefined: homepage.config.ts of the repository */
  configFile: string | undefined;
  logLevel: string;
};

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => {
      const field = String(issue.path[0]);
      return new Problem('SETTING_INVALID', `${field} ${issue.message}.`, {
        field,
        fix: `Change or unset ${field} in the environment or in .env.`,
      });
    });
    const lines = problems.map((problem) => `  ${problem.message} ${problem.fix}`).join('\n');
    throw new Problems('SETTINGS_INVALID', `The environment is not valid:\n${lines}`, problems);
  }
  const value = result.data;
  return {
    port: value.PORT,
    host: value.HOST,
    opsHost: value.OPS_HOST,
    opsPort: value.OPS_PORT,
    publicUrl: value.PUBLIC_URL,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    configFile: value.HOMEPAGE_CONFIG,
    logLevel: value.LOG_LEVEL,
  };
}

/** Reads `.env` beside the repository's package.json, when there is one; real variables win. */
export function loadDotEnv(root: string): void {
  const file = resolve(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
