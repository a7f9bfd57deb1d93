/** Says on stderr how far a command is: one live line on a terminal, a line every few seconds elsewhere. */
const TERMINAL_MS = 100;
const LOG_MS = 3000;
const CLEAR_LINE = '\r\x1b[K';

export type Progress = {
  /** @param total 0 while it is not known */
  update(done: number, total: number, what: string): void;
  /** for work that does not count in whole things */
  show(line: string): void;
  end(): void;
};

export type ProgressOptions = {
  stream: { isTTY?: boolean; columns?: number; write(text: string): unknown };
  quiet: boolean;
  now?: () => number;
};

export function startProgress({ stream, quiet, now = Date.now }: ProgressOptions): Progress {
  const live = Boolean(stream.isTTY);
  let last = now();
  let shown = false;
  return {
    update(done, total, what) {
      this.show(`${total > 0 ? `${done} of ${total}` : done}  ${what}`);
    },
    show(line) {
      if (quiet || now() - last < (live ? TERMINAL_MS : LOG_MS)) return;
      last = now();
      stream.write(live ? `${CLEAR_LINE}${line.slice(0, (stream.columns ?? 80) - 1)}` : `${line}\n`);
      shown = live;
    },
    end() {
      if (shown) stream.write(CLEAR_LINE);
      shown = false;
    },
  };
}
