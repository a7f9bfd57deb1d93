/** Programs that are no npm packages: found, brought, or named with the way to get them. */
export { bringProgram } from './bring.ts';
export { fileOfNeeds, findProgram, missing, requireProgram } from './find.ts';
export { neededPrograms, programs, type ProgramName } from './programs.ts';
