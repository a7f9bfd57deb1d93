import { error } from '@sveltejs/kit';
import { found } from '#lib/found.ts';
import { previewWords } from '#lib/words/preview.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  const draft = await data.draft(params.token);
  if (draft.status === 'missing')
    error(404, { message: 'Not found', missing: previewWords.ended, recent: await data.recent() });
  return { draft: await found(data, draft) };
};
