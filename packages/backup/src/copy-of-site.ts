/** A program: the site on a copy of its data. It ends with whoever started it, however that one ends. */
import { pathToFileURL } from 'node:url';

process.stdin.on('end', () => process.exit()).resume();
await import(pathToFileURL(process.argv[2]!).href);
