import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresqlServer } from '@homepage/testkit/services';

export type Statement = { text: string; values: (string | null)[] };

/** Every statement that makes an answer from entries and that the server runs while something happens, as its own log has them. */
export async function statementsDuring(
  { sql, service }: PostgresqlServer,
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  await logStatements('all');
  const before = service.log().length;
  await work();
  // Written by each session for itself.
  await wait(300);
  const log = service.log().slice(before);
  await logStatements('none');
  const lines = log.split('\n');
  return lines.flatMap((line, index) => {
    const [, text] = /LOG: {2}(?:execute [^:]*|statement): (.*)$/.exec(line) ?? [];
    // Others are those of every process that runs: which version content has, whether mail has to go out.
    if (text === undefined || !/\b(entries|entry_tags)\b/.test(text) || text.includes('content_version'))
      return [];
    const [, parameters = ''] = /DETAIL: {2}parameters: (.*)$/.exec(lines[index + 1] ?? '') ?? [];
    const values = [...parameters.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)];
    return [{ text, values: values.map(([, value]) => value?.replaceAll("''", "'") ?? null) }];
  });

  async function logStatements(which: 'all' | 'none'): Promise<void> {
    sql(`alter system set log_statement = '${which}'`);
    sql('select pg_reload_conf()');
    await wait(300); // sessions read it when they are asked next
  }
}
