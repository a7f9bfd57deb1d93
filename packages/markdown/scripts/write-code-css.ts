import { writeFileSync } from 'node:fs';
import { codeCss } from '../src/code-css.ts';

writeFileSync(new URL('../src/code.css', import.meta.url), codeCss());
