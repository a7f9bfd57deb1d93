import { found } from '#lib/found.ts';
import { contactWords } from '#lib/words/contact.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { data } = platform!;
  const { features } = await data.site();
  if (!features.contact) await found(data, { status: 'missing' });
  return { words: contactWords.sent };
};
