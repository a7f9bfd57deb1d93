import { found } from '#lib/found.ts';
import { privacyOfContact, privacyWords } from '#lib/words/privacy.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { data } = platform!;
  const own = await data.page('privacy');
  const { features, contactKeepDays } = await data.site();
  const words = [...privacyWords, ...(features.contact ? [privacyOfContact(contactKeepDays)] : [])];
  return { own: own.status === 'missing' ? null : await found(data, own), words };
};
