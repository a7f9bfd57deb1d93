import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => ({ years: await platform!.data.archive() });
