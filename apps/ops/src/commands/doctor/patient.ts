/** What the checks look at: each part is read once, and a part that is broken says so to every check that needs it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  explainFirstAnswer,
  loadDotEnv,
  openDatabase,
  Problem,
  readSettings,
  unknownVariables,
  type Database,
  type Settings,
} from '@homepage/platform';
import type { Tables } from '@homepage/site';
import type { Shell } from '../../shell.ts';
import { VaultPatient } from './vault/patient.ts';

/** No check works with these: a wrong one keeps none from being made. */
const NOTHING_WORKS_WITH = [
  ...['LOG_LEVEL', 'PUBLIC_URL', 'TLS_CLIENTS', 'TRUSTED_PROXIES'],
  ...['SMTP_URL', 'CONTACT_FROM', 'CONTACT_TO', 'CONTACT_WEBHOOK_URL'],
];
const OWN = new Set(['HOST', 'PORT', 'OPS_HOST', 'OPS_PORT', 'HOMEPAGE_CONFIG']);

const without = (env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

export class Patient {
  readonly shell: Shell;
  readonly vault: VaultPatient;
  #database: Promise<Database<Tables>> | undefined;

  constructor(shell: Shell) {
    this.shell = shell;
    this.vault = new VaultPatient(shell);
  }

  /** As the program reads them, but for misspelled names: those are another check's answer. */
  readSettings(): Settings {
    return this.#read(this.#known());
  }

  /** The settings for checks that need them; which setting is wrong is another check's answer. */
  settings(): Settings {
    return this.#readFor(without(this.#known(), NOTHING_WORKS_WITH));
  }

  /** For checks that no server and no secret has to do with: they are made also when those are wrong. */
  ownSettings(): Settings {
    try {
      return this.settings();
    } catch {
      const known = Object.entries(this.#known());
      return this.#readFor(Object.fromEntries(known.filter(([name]) => OWN.has(name))));
    }
  }

  #known(): NodeJS.ProcessEnv {
    const { env, repository } = this.shell;
    loadDotEnv(repository);
    return without(
      env,
      unknownVariables(env).map(({ field }) => field!),
    );
  }

  #read(env: NodeJS.ProcessEnv): Settings {
    return readSettings(env, this.shell.repository);
  }

  #readFor(env: NodeJS.ProcessEnv): Settings {
    try {
      return this.#read(env);
    } catch (cause) {
      throw new Problem('NOT_CHECKED', 'Not checked: the settings are not valid.', {
        fix: 'Fix the settings first, then run `homepage doctor` again.',
        cause,
      });
    }
  }

  /** False before the first start: a doctor must not make a database by looking for it. */
  hasDatabase(): boolean {
    const { database, dataDir } = this.settings();
    return database !== undefined || existsSync(join(dataDir, 'database'));
  }

  /** Opened, and asked once. @throws Problem of what it said */
  firstAnswer(): Promise<Database<Tables>> {
    this.#database ??= this.#open();
    return this.#database;
  }

  /** For checks that need it; why it does not answer is another check's answer, and waiting again tells nothing new. */
  async database(): Promise<Database<Tables>> {
    return this.firstAnswer().catch((cause: unknown) => {
      throw new Problem('NOT_CHECKED', 'Not checked: the database cannot be asked.', {
        fix: 'Mend what the check of the database says first, then run `homepage doctor` again.',
        cause,
      });
    });
  }

  async #open(): Promise<Database<Tables>> {
    const { database: server, dataDir } = this.settings();
    const database = await openDatabase<Tables>({
      server,
      dataDir,
      command: 'homepage doctor',
      mode: 'share',
    });
    try {
      await database.db.selectNoFrom(({ val }) => val(1).as('one')).execute();
      return database;
    } catch (error) {
      await database.close();
      throw explainFirstAnswer(error) ?? error;
    }
  }

  async close(): Promise<void> {
    this.vault.close();
    const database = await this.#database?.catch(() => undefined);
    await database?.close();
  }
}
