/** Whether everybody could still sign in some days from now: a job makes secret-ids every day, and each ends after a week. */
import { Problem } from '@homepage/platform';
import type { Vault } from '../client/client.ts';
import { APPROLE } from '../desired/environment.ts';
import { SECRET_ID_DAYS } from '../desired/primary.ts';
import { identitiesIn } from '../sign-in/rotate.ts';
import { SECRET_ID } from '../sign-in/sign-in.ts';

/** Half of a week without the job is told: there is time to mend it, and one run that failed is no news. */
const TOO_FEW_DAYS = SECRET_ID_DAYS / 2;
const DAY_MS = 86_400_000;

/**
 * Services that run go on without; what starts anew, an agent or a pod, signs in.
 * @returns how many there are, and how long all can sign in if nobody makes new ones
 * @throws Problem VAULT_SIGN_INS_END
 */
export async function requireSignIns(vault: Vault, environment: string, now = new Date()): Promise<string> {
  const all: { name: string; days: number }[] = [];
  for (const { name, role } of identitiesIn(environment)) {
    const ends = await endOfNewest(vault, role);
    all.push({ name, days: Math.max(0, (ends - now.getTime()) / DAY_MS) });
  }
  const least = Math.min(...all.map(({ days }) => days));
  if (least >= TOO_FEW_DAYS)
    return `${environment}: ${all.length}, each good for ${least.toFixed(1)} days or more`;
  const namesOf = (some: typeof all): string =>
    some.length === all.length ? 'all' : some.map(({ name }) => name).join(', ');
  const none = all.filter(({ days }) => days === 0);
  const soon = all.filter(({ days }) => days > 0 && days < TOO_FEW_DAYS);
  const fewest = Math.min(...soon.map(({ days }) => days)).toFixed(1);
  throw new Problem(
    'VAULT_SIGN_INS_END',
    [
      none.length > 0 &&
        `What starts in ${environment} cannot sign in: there is no secret-id for ${namesOf(none)}.`,
      soon.length > 0 &&
        `Nobody has made secret-ids in ${environment} for days; they end in ${fewest} days: ${namesOf(soon)}.`,
    ]
      .filter(Boolean)
      .join(' '),
    {
      fix: 'Look why the job "secret-ids" does not run; a quorum of keys makes a sign-in for itself when its own has ended.',
      command: 'homepage vault rotate secret-ids --help',
    },
  );
}

/** @returns milliseconds since 1970; 0: it has none */
async function endOfNewest(vault: Vault, role: string): Promise<number> {
  const path = `auth/${APPROLE}/role/${role}/${SECRET_ID}`;
  let end = 0;
  for (const secret_id_accessor of await vault.list(path)) {
    // One that has ended meanwhile is not there any more.
    const { data } = await vault.write(`${path}-accessor/lookup`, { secret_id_accessor });
    end = Math.max(end, Date.parse(String(data?.['expiration_time'])) || 0);
  }
  return end;
}
