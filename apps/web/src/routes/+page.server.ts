import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => ({ home: await platform!.data.home() });
