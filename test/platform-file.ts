/** Before each file of the platform project: tells `openTestSite` where the servers are. */
import { PLATFORM_VARIABLE } from '@homepage/testkit/platform';
import { inject } from 'vitest';

process.env[PLATFORM_VARIABLE] = inject('platform');
