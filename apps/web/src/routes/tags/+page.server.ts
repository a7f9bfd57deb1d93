import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => ({ tags: await platform!.data.tags() });
