import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

/** No other route knows the address: the error page, with recent posts as a way on. */
export const load: PageServerLoad = ({ platform }) => found(platform!.data, { status: 'missing' });
