/** What a drill is and what it tells: one fault made on purpose, on real services, under load. */
export type Outcome = {
  /** requests that visitors sent while it ran */
  requests: number;
  /** those of them that failed although the drill promises an answer */
  failed: number;
  /** writes that were acknowledged and are not there afterwards */
  lost: number;
  /** from the end of the fault until everything worked again; null: there was nothing to recover from */
  recoverySeconds: number | null;
  /** a sentence on what visitors saw, for docs/operations.md */
  detail: string;
  /** what was promised and did not hold; empty: it held */
  broken: string[];
};

export type Drill = {
  /** as in the command line, e.g. "kill-valkey" */
  name: string;
  /** what is done, as a sentence */
  about: string;
  /** @param say called with what is happening now */
  run(say: (what: string) => void, length: Length): Promise<Outcome>;
};

/** short: in the tests; what is made is the same, it only lasts less long */
export type Length = 'short' | 'full';

/** One row of `--json`. */
export type DrillResult = Omit<Outcome, 'broken'> & { name: string; ok: boolean };
