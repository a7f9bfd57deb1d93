/** Wrong use of the command line: exit code 2, and one line that shows the way. */
import type { CommanderError } from 'commander';
import { Problem } from '@homepage/platform';

export class UsageProblem extends Problem {
  constructor(message: string, fix: string) {
    super('USAGE', message, { fix, status: 400 });
  }
}

/**
 * @param what the option or argument, such as "--limit"
 * @param command the words of it, for the hint
 * @throws UsageProblem
 */
export function wholeNumber(what: string, given: string, most: number, command: string): number {
  const value = /^\d+$/.test(given) ? Number(given) : 0;
  if (value >= 1 && value <= most) return value;
  throw new UsageProblem(
    `${what} must be a whole number from 1 to ${most}, not '${given}'.`,
    `See: ${command} --help`,
  );
}

/** @param command the words that name it, such as "homepage sample remove" */
export function usageProblem(error: CommanderError, command: string): UsageProblem {
  const said =
    error.code === 'commander.excessArguments'
      ? // What is too much may be a secret that belongs on standard input: it is not repeated.
        error.message.replace(/(but got \d+): [^]*$/, '$1')
      : // So may be what was given to an option that there is none of.
        error.message.replace(/^(error: unknown option '[^=']*)=[^]*$/, "$1=…'");
  const [what, suggestion] = said.replace(/^error: /, '').split('\n');
  const sentence = `${what!.charAt(0).toUpperCase()}${what!.slice(1)}.`.replace(/\.\.$/, '.');
  const didYouMean = suggestion ? `${suggestion.replace(/^\((.*)\)$/, '$1')} ` : '';
  return new UsageProblem(sentence, `${didYouMean}See: ${command} --help`);
}
