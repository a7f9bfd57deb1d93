/** The log of the process, as JSON lines: a failure that ten thousand requests meet is no ten thousand lines. */
import { pino, type DestinationStream, type Logger, type LogFn } from 'pino';
import { describeError } from '@homepage/platform';

/** A cause is told once in this time; then how often it came meanwhile. */
export const TELL_EVERY_SECONDS = 60;
/** More at a time are told as one. */
export const MOST_CAUSES = 100;

const WARN = 40;

/** @param stream stdout by default */
export function openLog(
  level: string,
  {
    stream,
    tellEverySeconds = TELL_EVERY_SECONDS,
  }: { stream?: DestinationStream; tellEverySeconds?: number } = {},
): Logger {
  /** by cause: how often it came since it was told */
  const told = new Map<string, number>();
  const log: Logger = pino(
    {
      level,
      serializers: { err: describeError },
      hooks: {
        logMethod(args, method, levelNumber) {
          if (levelNumber < WARN) return method.apply(this, args);
          const cause = causeOf(args, told);
          const more = told.get(cause);
          if (more !== undefined) return void told.set(cause, more + 1);
          told.set(cause, 0);
          setTimeout(() => tellMore(cause, method), tellEverySeconds * 1000).unref();
          method.apply(this, args);
        },
      },
    },
    ...(stream ? [stream] : []),
  );

  function tellMore(cause: string, method: LogFn): void {
    const times = told.get(cause)!;
    told.delete(cause);
    if (times > 0) method.call(log, { cause, times, seconds: tellEverySeconds }, 'the same again');
  }
  return log;
}

/** What is said, of which part, the reason or the error's code, and where in the program it came from: never what a visitor sent. */
function causeOf(args: Parameters<LogFn>, told: Map<string, number>): string {
  const [first, second] = args as [unknown, unknown?];
  const said = typeof first === 'string' ? first : second;
  const { err = first, part, reason } = Object(first) as { err?: unknown; part?: unknown; reason?: unknown };
  const { code, type, stack } = describeError(err);
  const place = /^ {4}at (.*)$/m.exec(stack)?.[1];
  const cause = [said, part, reason ?? code ?? type, place]
    .filter((part) => typeof part === 'string')
    .join(' | ');
  return told.has(cause) || told.size < MOST_CAUSES ? cause : 'another cause';
}
