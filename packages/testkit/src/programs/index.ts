/** Programs that are no npm packages: found, brought, or named with the way to get them. */
export { bringProgram } from './bring.ts';
export { fileOfNeeds, missing } from './find.ts';
export { programs, type ProgramName } from './programs.ts';
