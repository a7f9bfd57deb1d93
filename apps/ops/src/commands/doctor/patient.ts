/** What the checks look at: each part is read once, and a part that is broken says so to every check that needs it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, Problem, type Database, type Settings } from '@homepage/platform';
import type { Tables } from '@homepage/site';
import type { Shell } from '../../shell.ts';

export class Patient {
  readonly shell: Shell;
  #database: Promise<Database<Tables>> | undefined;

  constructor(shell: Shell) {
    this.shell = shell;
  }

  /** The settings for checks that need them; which setting is wrong is another check's answer. */
  settings(): Settings {
    try {
      return this.shell.settings();
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

  async database(): Promise<Database<Tables>> {
    const { database: server, dataDir } = this.settings();
    this.#database ??= openDatabase<Tables>({ server, dataDir, command: 'homepage doctor', mode: 'share' });
    return this.#database;
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    await database?.close();
  }
}
