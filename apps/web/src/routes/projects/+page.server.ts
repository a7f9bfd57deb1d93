import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => ({ projects: await platform!.data.projects() });
