/** What must be put back before a program ends because somebody pressed Ctrl-C, or a service manager said so. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * @param putBack done once, then the program ends with 130 or 143; a second signal of the same kind ends it at once
 * @returns takes this back
 */
export function beforeInterrupted(putBack: () => Promise<unknown>): () => void {
  const listeners = Object.entries(SIGNALS).map(([signal, code]) => {
    const listener = (): void => void putBack().finally(() => process.exit(code));
    process.once(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.removeListener(signal, listener);
  };
}

/**
 * For work that must not be cut off in the middle; it is seconds long.
 * @param told called at each signal
 */
export async function uninterrupted<Result>(told: () => void, work: () => Promise<Result>): Promise<Result> {
  for (const signal of Object.keys(SIGNALS)) process.on(signal, told);
  try {
    return await work();
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.removeListener(signal, told);
  }
}
