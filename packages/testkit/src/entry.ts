import type { EntryInput } from '@homepage/site';

/** A published post with nothing special about it, and what a test changes of it. */
export function makeEntry(changes: Partial<EntryInput> & { slug: string }): EntryInput {
  return {
    kind: 'post',
    title: changes.slug,
    description: '',
    status: 'published',
    publishedAt: new Date('2026-01-01T00:00:00Z'),
    updatedAt: null,
    tags: [],
    series: null,
    cover: null,
    markdown: `The text of ${changes.slug}.\n`,
    frontMatter: {},
    guid: null,
    aliases: [],
    media: [],
    source: null,
    sample: false,
    ...changes,
  };
}
