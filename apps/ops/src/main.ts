import { printProblem, runCommandLine } from './run.ts';

const args = process.argv.slice(2);

// The embedded database's thread reports its end this way (a full disk, for one): nothing can go on.
process.on('uncaughtException', (error) => {
  process.exit(printProblem(error, args.includes('--json')));
});
// The reader of a pipe left (`homepage … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runCommandLine(args);
