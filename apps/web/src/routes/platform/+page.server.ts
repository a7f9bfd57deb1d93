import { platformWords } from '#lib/words/platform.ts';
import type { PageServerLoad } from './$types';

/** Never kept: the answers are those of this moment. */
export const load: PageServerLoad = async ({ platform, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' });
  const status = await platform!.data.platform();
  return { status, askedAt: new Date().toISOString(), words: platformWords };
};
