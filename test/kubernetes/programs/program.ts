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
  commandProblem(container: Container): string | undefined;
  /** variables and options that it must be told, since without one it does something else, or less, and nobody sees it */
  needs?(container: Container): string[];
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

/** Whether a container is told so: by a variable, or by an option of its command line. */
export const isTold = (container: Container, name: string): boolean =>
  (container.env ?? []).some((one) => one.name === name) ||
  wordsOf(container).some((word) => word === name || word.startsWith(`${name}=`));

type Line = {
  /** what may stand in command, such as [['vault', 'server']]; args follow it */
  commands: string[][];
  /** with what args may begin where there is no command: the image has one */
  args: string[][];
  options: string[];
};

/** A command line that begins as it may, and goes on with options that are known, or with what is no option. */
export function lineProblem(container: Container, line: Line): string | undefined {
  const words = wordsOf(container);
  const beginnings = container.command ? line.commands : line.args;
  const { options } = line;
  const fits = (beginning: string[]): boolean => beginning.every((word, index) => words[index] === word);
  const beginning = beginnings.filter(fits).sort((a, b) => b.length - a.length)[0];
  if (!beginning)
    return `it begins with "${words[0] ?? ''}", and may with ${beginnings.map((one) => one.join(' ')).join(' or ') || 'nothing'}`;
  const unknown = words
    .slice(beginning.length)
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.split('=')[0]!)
    .find((option) => !options.includes(option));
  return unknown === undefined ? undefined : `it knows no option ${unknown}`;
}

/** For variables with a few words: on, off. */
export const wordProblem = (words: string[], value: string): string | undefined =>
  words.includes(value) ? undefined : `it takes ${words.join(', ')}, and is "${value}"`;
