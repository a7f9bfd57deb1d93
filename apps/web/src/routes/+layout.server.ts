import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ platform }) => ({ site: await platform!.data.site() });
