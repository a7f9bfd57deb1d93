/** What became of the questions of one kind. */
import type { Tally } from './generator.ts';

const count = ({ statuses }: Tally, wanted: (status: string) => boolean): number =>
  Object.entries(statuses).reduce((total, [status, number]) => total + (wanted(status) ? number : 0), 0);

const SERVED = ['200', '201', '404'];
const REFUSED = ['429', '503'];

export const served = (tally: Tally): number => count(tally, (status) => SERVED.includes(status));
/** told to come again */
export const refusals = (tally: Tally): number => count(tally, (status) => REFUSED.includes(status));
export const notServed = (tally: Tally): number => count(tally, (status) => !SERVED.includes(status));
/** what nobody should get: no answer at all, or another failure */
export const hanging = (tally: Tally): number =>
  count(tally, (status) => ![...SERVED, ...REFUSED].includes(status));
