import { openApiDocument } from '@homepage/contract';
import { apiWords } from '#lib/words/api.ts';
import { commonProblems, describeEndpoints, describeShapes } from './describe.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ platform }) => {
  const { name, origin, features } = await platform!.data.site();
  const document = openApiDocument({ name, origin, features });
  const { required: _, byDefault: __, types: ___, ...words } = apiWords;
  return {
    words,
    endpoints: describeEndpoints(document),
    shapes: describeShapes(document),
    common: commonProblems(),
    client: `import { everyItem, homepageClient } from '@homepage/client';

const site = homepageClient('${origin}');
const { items } = await site.listPosts({ limit: 5 });
for await (const tag of everyItem(site.listTags)) {
  console.log(tag.label, tag.count);
}`,
  };
};
