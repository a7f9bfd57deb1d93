/** What is known of a program that runs in a container: from its source, or from what its makers write. */
import type { Container } from '../resource.ts';

export const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
export type ProbeField = (typeof PROBES)[number];

export type Program = {
  /** the last part of its image's name; a fork has names of its own before it */
  image: RegExp;
  /** where all of it is written */
  source: string;
  /** names that it reads */
  variables: string[];
  /** what is wrong with a value; undefined: nothing. Of those that are not here any text will do */
  valueProblem?(name: string, value: string): string | undefined;
  /** what is wrong with its command line, of command and args; undefined: nothing */
  commandProblem(words: string[]): string | undefined;
  /** TCP ports that it listens on, as it is started */
  listens(container: Container): number[];
  /** paths that a probe may ask by HTTP */
  health: Partial<Record<ProbeField, string[]>>;
  /** where it writes without being told: its root is read-only */
  writes(container: Container): string[];
  /** what else it reads without being told, and its image does not bring */
  reads(container: Container): string[];
  /** whether its image has a file that a configuration of ours names */
  brings?(path: string): boolean;
};

export const wordsOf = ({ command = [], args = [] }: Container): string[] => [...command, ...args];

export const valueOf = ({ env = [] }: Container, variable: string): string | undefined =>
  env.find(({ name }) => name === variable)?.value;

/** The port of ":8080" or "0.0.0.0:8080". */
export const portIn = (address: string): number => Number(/:(\d+)$/.exec(address)?.[1]);

/**
 * A command line that begins with one of these, and goes on with these options, or with what is no option.
 * @param beginnings such as [['vault', 'server']]
 * @returns what is wrong with it
 */
export function lineProblem(words: string[], beginnings: string[][], options: string[]): string | undefined {
  const fits = (beginning: string[]): boolean => beginning.every((word, index) => words[index] === word);
  const beginning = beginnings.filter(fits).sort((a, b) => b.length - a.length)[0];
  if (!beginning) return `it begins with "${words[0] ?? ''}", and knows ${beginnings.join(' and ')}`;
  const unknown = words
    .slice(beginning.length)
    .filter((word) => /^-+[a-z]/.test(word))
    .map((word) => word.split('=')[0]!)
    .find((option) => !options.includes(option));
  return unknown === undefined ? undefined : `it knows no option ${unknown}`;
}

/** For variables with a few words: on, off. */
export const wordProblem = (words: string[], value: string): string | undefined =>
  words.includes(value) ? undefined : `it takes ${words.join(', ')}, and is "${value}"`;
