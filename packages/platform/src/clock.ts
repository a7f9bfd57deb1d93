/** This machine's clock beside another's. */
import { type Kysely, sql } from 'kysely';
import { Problem } from './problem.ts';

/** Signatures of S3 end at 15 minutes; certificates, feeds and limits are wrong long before. */
const MOST_SECONDS = 30;

/**
 * @param ahead seconds that this machine's clock is ahead of the other's; negative: behind
 * @param of whose the other one is, e.g. "the database's"
 * @throws Problem CLOCK_DIFFERS beyond 30 s
 */
export function requireSameClock(ahead: number, of: string): void {
  if (Math.abs(ahead) <= MOST_SECONDS) return;
  const way = ahead > 0 ? 'ahead of' : 'behind';
  throw new Problem(
    'CLOCK_DIFFERS',
    `The clock of this machine is ${Math.abs(Math.round(ahead))} s ${way} ${of}.`,
    {
      fix: 'Find out which of the two is wrong and let it follow a time server: certificates, signatures and dates depend on it.',
      command: 'timedatectl status',
    },
  );
}

/**
 * @returns seconds that this machine's clock is ahead of the database's; negative: behind. The way there and the way
 *   back are taken as equally long
 */
export async function aheadOfDatabase<Tables>(db: Kysely<Tables>): Promise<number> {
  const asked = Date.now();
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from clock_timestamp())::float8 as seconds`.execute(db);
  return (asked + Date.now()) / 2000 - rows[0]!.seconds;
}
