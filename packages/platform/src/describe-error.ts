/**
 * Errors as logs may show them. Libraries hang on theirs what they worked with (the client of Valkey its whole sign-in,
 * password included; `new URL` the address), and a logger prints whatever hangs there. So only names, messages and
 * stacks are shown, and of addresses not who signs in.
 */

export type ErrorDescription = { type: string; message: string; code?: string; stack: string };

export function describeError(error: unknown): ErrorDescription {
  const { name, message, code } = Object(error) as { name?: string; message?: string; code?: unknown };
  return {
    type: name ?? typeof error,
    message: withoutSignIn(message ?? String(error)),
    ...(typeof code === 'string' && { code }),
    stack: stacksOf(error),
  };
}

/** Longer than any chain of ours; one that bites its own tail must end. */
const MOST_CAUSES = 8;

/** The stack of an error and of everything that caused it. */
export function stacksOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return withoutSignIn(String(error));
  const within = [...(error instanceof AggregateError ? error.errors : []), error.cause];
  const causes = within.filter((cause) => cause !== undefined && cause !== null && depth < MOST_CAUSES);
  return [
    withoutSignIn(error.stack ?? String(error)),
    ...causes.map((cause) => `caused by: ${stacksOf(cause, depth + 1)}`),
  ].join('\n');
}

/** `scheme://user:password@host` becomes `scheme://…@host`; places in our code stay as they are. */
const withoutSignIn = (text: string): string =>
  text.replaceAll(/\b(?!file:)([a-z][a-z+.-]*:\/\/)\S*@/gi, '$1…@');
