import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Options and words of the command line; wrong use is told, and ends the process with 2. */
export function parseOrEnd<const Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\nSee --help.`);
    process.exit(2);
  }
}

/** @returns undefined when it is none between these; then that is told, and the process will end with 2 */
export function wholeNumber(name: string, text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  console.error(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
  process.exitCode = 2;
  return undefined;
}
