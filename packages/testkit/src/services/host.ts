/** The machine that a service runs on: this one, or one of a network that a drill made (network.ts). */
export type Host = {
  /** where others reach it */
  address: string;
  /** what is to be spawned so that the program runs there, as this user */
  place(program: Program): Program;
};

export type Program = {
  command: string;
  args: string[];
  /** undefined: whoever we are */
  user?: { uid: number; gid: number } | undefined;
};

export const thisMachine: Host = { address: '127.0.0.1', place: (program) => program };

/**
 * This machine, where a program has no more rights than the modes of files give it. What root starts keeps its name, and with it
 * the way into a repository that nobody else may enter.
 */
export const withoutRootsPowers: Host = {
  ...thisMachine,
  place: ({ command, args }) =>
    process.getuid?.() === 0
      ? { command: 'setpriv', args: ['--bounding-set=-all', '--inh-caps=-all', command, ...args] }
      : { command, args },
};
