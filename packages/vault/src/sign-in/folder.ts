/** Handing sign-ins over as files: <folder>/<service>/role-id and secret-id, for this user alone. */
import { join } from 'node:path';
import { requireWritable, writeSecret } from '../secret-file.ts';
import type { HandOver } from './rotate.ts';
import { ROLE_ID, SECRET_ID } from './sign-in.ts';

/** Each file is whole at any moment: the agent may read it now. What was there stays until what is new is written. */
export function toFolder(folder: string): HandOver {
  const placeOf = (name: string): string => join(folder, name);
  return {
    placeOf,
    async check(name) {
      requireWritable(placeOf(name), '--to');
    },
    async put(name, { roleId, secretId }) {
      const place = placeOf(name);
      // A role-id is the same for as long as its role; so there is no moment in which one fits the other not.
      writeSecret(join(place, ROLE_ID), roleId);
      writeSecret(join(place, SECRET_ID), secretId);
    },
  };
}
