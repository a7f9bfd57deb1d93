import { found } from '#lib/found.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform, params }) => {
  const { data } = platform!;
  const project = await found(data, await data.project(params.slug));
  return { project, canonical: project.canonical };
};
