import { fileOfNeeds } from '@homepage/testkit/programs';

/** Loaded before a program it tells it another time, TLS and signatures included. @throws Error when it is not there */
export function faketimeLibrary(): string {
  const file = fileOfNeeds('faketime');
  if (!file) throw new Error('There is no faketime on this machine. Run "npm run programs -- faketime".');
  return file;
}
