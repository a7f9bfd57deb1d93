/** One thing to be done to a Vault, as a person is told of it before it is done. */
import type { Vault } from './client/client.ts';
import type { Difference } from './state/plan.ts';

export type Work = {
  name: string;
  action: 'create' | 'change' | 'remove';
  /** never of secrets */
  differences: Difference[];
  /** the file that says so */
  from?: string | undefined;
  /** @param vault as somebody who may do it */
  run(vault: Vault): Promise<void>;
};
