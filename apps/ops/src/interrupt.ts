/** Ctrl-C asks a long command to stop at a good place; a second one ends it at once. */
export function whenInterrupted(): { signal: AbortSignal; ignore(): void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const ignore = (): void => signals.forEach((name) => process.removeListener(name, stop));
  const stop = (): void => {
    ignore();
    controller.abort();
  };
  signals.forEach((name) => process.on(name, stop));
  return { signal: controller.signal, ignore };
}
