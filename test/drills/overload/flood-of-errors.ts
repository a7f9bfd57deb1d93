/** Nothing but mistakes, each another one; then a database that is away while thousands ask. */
import type { Outcome } from '../outcome.ts';
import { Connection } from './connection.ts';
import { addressOf, KEPT } from './questions.ts';
import { generate, portOf, readBefore, secondsUntil, statuses, type Scene } from './scene.ts';

const MISTAKES: ((number: number) => string)[] = [
  (n) => `GET /nothing-${n} HTTP/1.1\r\nHost: x\r\n`,
  (n) => `GET /%${n} HTTP/1.1\r\nHost: x\r\n`,
  (n) => `GET /api/nothing/${n}?a=${n} HTTP/1.1\r\nHost: host-${n}\r\n`,
  (n) => `GET /api/v1/posts?limit=${n + 1000} HTTP/1.1\r\nHost: x\r\nX-Header-${n}: ${n}\r\n`,
  (n) => `GET /api/v1/posts?cursor=${n} HTTP/1.1\r\nHost: x\r\nUser-Agent: agent-${n}\r\n`,
  (n) => `METHOD${n % 500} /posts HTTP/1.1\r\nHost: x\r\n`,
  (n) => `DELETE /api/v1/posts/${n} HTTP/1.1\r\nHost: x\r\nContent-Type: a/${n}\r\n`,
  (n) => `GET /api/v1/site HTTP/1.1\r\nHost: x\r\nContent-Encoding: e-${n}\r\n`,
  (n) => `GET /media/${n}/${n}.png HTTP/1.1\r\nHost: x\r\nReferer: http://${n}.test/\r\n`,
  (n) => `GET /_app/${n}.js HTTP/1.1\r\nHost: x\r\n`,
  (n) => `PATCH /posts/${n} HTTP/1.1\r\nHost: x\r\n`,
];
/** of all replicas, for one cause and another, in the first minute */
const MOST_LINES = 40;

export async function floodOfErrors({ platform, length, say }: Scene): Promise<Outcome> {
  const { short, full } = { short: 500, full: 10_000 };
  const count = length === 'short' ? short : full;
  const port = portOf(platform.address);
  await readBefore(platform);
  // Each kind once, at each replica: what there is to measure is there.
  await askWhetherChanged(platform);
  for (const kind of MISTAKES) await mistakes(platform, 20, [kind]);
  await generate({ port, seconds: 2, closed: { visitors: 4, ask: 'neverKept' } });
  const seriesBefore = await series(platform);
  const linesBefore = lines(platform);
  const bytesBefore = platform.nginx.service.log().length;
  say(`${count} mistakes, each another one …`);
  const answered = await mistakes(platform, count);
  const seriesOfMistakes = (await series(platform)) - seriesBefore;
  const linesOfMistakes = lines(platform) - linesBefore;
  const logBytes = platform.nginx.service.log().length - bytesBefore;
  say('the same number of questions while PostgreSQL is away …');
  await platform.postgresql.service.stop();
  const rate = length === 'short' ? 200 : 500;
  const { neverKept, pages, answers } = await generate({
    port,
    seconds: count / rate,
    open: { neverKept: rate, pages: 20, answers: 10, messages: 0 },
  });
  const linesWithoutDatabase = lines(platform) - linesBefore - linesOfMistakes;
  await platform.postgresql.service.start();
  const recoverySeconds = await secondsUntil(async () => {
    const seen = await statuses(platform, ['/search?q=after', `/posts/nothing-${Math.random()}`]);
    return seen.join() === '200,404';
  });
  const seriesAfter = await series(platform);
  const keptFailed =
    pages.asked + answers.asked - (pages.statuses['200'] ?? 0) - (answers.statuses['200'] ?? 0);
  const broken: string[] = [];
  if (answered.some((status) => status === 0 || status >= 500))
    broken.push(`mistakes were answered ${[...new Set(answered)].join(', ')}`);
  if (linesOfMistakes > 0) broken.push(`the API logged ${linesOfMistakes} lines about mistakes of visitors`);
  if (linesWithoutDatabase > MOST_LINES)
    broken.push(`the API logged ${linesWithoutDatabase} lines in the outage`);
  if (linesWithoutDatabase === 0) broken.push('the API did not log that its database was away');
  if (seriesOfMistakes !== 0) broken.push(`mistakes made ${seriesOfMistakes} more series`);
  if (seriesAfter !== seriesBefore) broken.push(`${seriesBefore} series before and ${seriesAfter} after`);
  if (neverKept.statuses['0']) broken.push(`${neverKept.statuses['0']} had no answer`);
  if (keptFailed > 0) broken.push(`what is kept: ${JSON.stringify([pages.statuses, answers.statuses])}`);
  if (recoverySeconds === null) broken.push('it was not well again within 30 s');
  return {
    requests: count + neverKept.asked + pages.asked + answers.asked,
    failed: keptFailed + (neverKept.statuses['0'] ?? 0),
    lost: 0,
    recoverySeconds,
    broken,
    detail:
      `${count} mistakes: ${linesOfMistakes} lines of the API, ${seriesBefore} series before and after; nginx wrote ` +
      `${(logBytes / count).toFixed(0)} bytes for each. ${neverKept.asked} questions without a database: ${linesWithoutDatabase} lines.`,
  };
}

/** As nginx does with what it keeps: the first such answer of a replica is a series of its own. */
async function askWhetherChanged({ replicas, fetch }: Scene['platform']): Promise<void> {
  for (const { address } of replicas) {
    for (const path of KEPT) {
      const { status } = await fetch(address + path, { headers: { 'if-none-match': '*' } });
      if (status !== 304) throw new Error(`${address}${path} answered ${status}, not 304`);
    }
  }
}

/** @returns their statuses */
async function mistakes({ address }: Scene['platform'], count: number, kinds = MISTAKES): Promise<number[]> {
  const port = portOf(address);
  const seen: number[] = [];
  let next = 0;
  const visit = async (): Promise<void> => {
    const connection = new Connection(port);
    while (next < count) {
      const number = next++;
      const head = kinds[number % kinds.length]!(number);
      const { status } = await connection.ask(`${head}X-Forwarded-For: ${addressOf(number)}\r\n\r\n`);
      seen.push(status);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 8 }, visit));
  return seen;
}

/** How many series of our own there are, without those of failures of ours: each route gets one with its first. */
async function series({ replicas, fetch }: Scene['platform']): Promise<number> {
  const texts = await Promise.all(
    replicas.map(async ({ opsAddress }) => (await fetch(`${opsAddress}/metrics`)).text()),
  );
  const all = texts.flatMap((text) => text.split('\n').filter((line) => /^(http|homepage)_/.test(line)));
  return all.filter((line) => !line.includes('status="5xx"')).length;
}

const lines = ({ replicas }: Scene['platform']): number =>
  replicas.reduce((sum, replica) => sum + replica.output().split('\n').length - 1, 0);
