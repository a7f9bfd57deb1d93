/** A process with a child that ends with code 7 on the named signal, for a test. */
import { spawn } from 'node:child_process';
import { forwardSignals } from './forward-signals.js';

const program = `process.on(process.argv[1], () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000);`;
forwardSignals(
  spawn(process.execPath, ['-e', program, process.argv[2]], { stdio: ['ignore', 'inherit', 'ignore'] }),
);
