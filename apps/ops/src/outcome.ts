/** What a command did. The work neither prints nor exits. */
export type Outcome = {
  /** false: exit code 1 */
  ok: boolean;
  /** stdout with --json; undefined: nothing, the command has written it while it ran */
  json: object | undefined;
  /** stdout otherwise; empty: nothing */
  text: string;
};
