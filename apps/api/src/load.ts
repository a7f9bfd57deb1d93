import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Problem } from '@homepage/platform';

/** By then answers come late; more requests would only make all of them later. */
const MOST_DELAY_MS = 1_000;

/** Under overload some are told to come again, so that the others are served. */
export async function shedLoad(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: MOST_DELAY_MS,
    pressureHandler() {
      throw new Problem('OVERLOADED', 'There are more requests than can be answered.', {
        status: 503,
        fix: 'Try again in a few seconds.',
      });
    },
  });
}
