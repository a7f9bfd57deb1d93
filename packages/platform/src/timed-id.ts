/** Names that sort by time, of what is written once and never again: backups, snapshots, proofs. */
import { randomBytes } from 'node:crypto';

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** `20261125T060000Z`: sorts by time, and every storage takes it in a key */
export const stamp = (time: Date): string =>
  time
    .toISOString()
    .replaceAll(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');

/** Nobody ever makes the same one: a key is written once. */
export const newId = (now: Date): string => `${stamp(now)}-${randomBytes(4).toString('hex')}`;

/** @returns undefined when it is no id of ours */
export const timeOfId = (id: string): Date | undefined =>
  ID.test(id) ? timeOfStamp(id.slice(0, 16)) : undefined;

export function timeOfStamp(text: string): Date | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) || stamp(time) !== text ? undefined : time;
}
