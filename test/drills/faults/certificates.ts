/** Everybody gets a new certificate while visitors read. */
import { setTimeout as wait } from 'node:timers/promises';
import { drillOf } from './under-load.ts';

export const certificates = [
  drillOf({
    name: 'rotate-certificates',
    about: 'The API and nginx get new certificates, three times in a row.',
    async make({ platform }) {
      for (let round = 0; round < 3; round++) {
        await platform.rotate();
        await platform.rotateFrontend();
        await wait(2_500);
      }
    },
  }),
];
