import type { PageServerLoad } from './$types';

/** Never kept: the answers are those of this moment. */
export const load: PageServerLoad = async ({ platform, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' });
  return { status: await platform!.data.platform(), renderedAt: new Date().toISOString() };
};
