/** What visitors ask for in the drills of overload: what costs most, what is kept, and messages. */
export type Question = { path: string; body?: string };

/** Nobody asked for any of them before: each has to be made. */
const NEVER_KEPT: ((number: number) => string)[] = [
  (number) => `/search?q=${word(number)}`,
  (number) => `/api/v1/search?q=${word(number)}`,
  (number) => `/api/v1/posts?cursor=${cursor(number)}`,
  (number) => `/posts/nothing-${word(number)}`,
  (number) => `/api/v1/posts/nothing-${word(number)}`,
];

/** kept by nginx too */
export const PAGES = ['/', '/posts', '/about', '/archive', '/tags', '/rss.xml'];
/** kept by the API alone */
const ANSWERS = ['/api/v1/posts', '/api/v1/site'];
export const KEPT = [...PAGES, ...ANSWERS];

export const neverKept = (number: number): Question => ({
  path: NEVER_KEPT[number % NEVER_KEPT.length]!(number),
});
export const page = (number: number): Question => ({ path: PAGES[number % PAGES.length]! });
export const answer = (number: number): Question => ({ path: ANSWERS[number % ANSWERS.length]! });

export const messageText = (number: number): string => `Message ${number} of an overload.`;

export const message = (number: number): Question => ({
  path: '/api/v1/contact',
  body: JSON.stringify({ name: 'A drill', message: messageText(number) }),
});

/** Of one of some thousands of visitors (RFC 2544: nobody's). */
export const addressOf = (visitor: number): string => `198.18.${(visitor >> 8) & 255}.${visitor & 255}`;

/** A request as bytes, as a proxy in front passes it on. */
export function asBytes({ path, body }: Question, from: string): string {
  const head = `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: drill\r\nAccept-Encoding: br\r\nX-Forwarded-For: ${from}\r\n`;
  if (body === undefined) return `${head}\r\n`;
  return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** The same letters in another order each time: no two runs, and no two numbers, ask the same. */
const run = Math.random().toString(36).slice(2, 7);
const word = (number: number): string => `w${run}${number.toString(36)}`;

const cursor = (number: number): string =>
  Buffer.from(`${Date.UTC(2026, 0, 1) + number}.${word(number)}`).toString('base64url');
