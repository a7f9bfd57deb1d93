/** Wrong use of the command line: exit code 2, and one line that shows the way. */
import type { CommanderError } from 'commander';
import { Problem } from '@homepage/platform';

export class UsageProblem extends Problem {
  constructor(message: string, fix: string) {
    super('USAGE', message, { fix, status: 400 });
  }
}

/** @param command the words that name it, such as "homepage sample remove" */
export function usageProblem(error: CommanderError, command: string): UsageProblem {
  const [what, suggestion] = error.message.replace(/^error: /, '').split('\n');
  const sentence = `${what!.charAt(0).toUpperCase()}${what!.slice(1)}.`.replace(/\.\.$/, '.');
  const didYouMean = suggestion ? `${suggestion.replace(/^\((.*)\)$/, '$1')} ` : '';
  return new UsageProblem(sentence, `${didYouMean}See: ${command} --help`);
}
