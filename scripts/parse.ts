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
