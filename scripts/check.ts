import { runChecks } from './checks.ts';

const failed = (await runChecks()).filter((result) => !result.ok).length;
if (failed > 0) process.exitCode = 1;
