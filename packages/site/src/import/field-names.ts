/**
 * The names under which blogs made with Astro, Eleventy, Gatsby, Hugo and Jekyll (and ours, which stand first) keep
 * what we understand. Every other field is kept as it is and comes back on export.
 */
export const FIELD_NAMES = {
  title: ['title'],
  date: ['date', 'pubDate', 'publishDate', 'publishedAt', 'published'],
  updated: ['updated', 'lastmod', 'modified', 'updatedDate', 'updatedAt', 'last_modified_at', 'lastUpdated'],
  tags: ['tags', 'tag', 'categories', 'category'],
  description: ['description', 'excerpt', 'spoiler', 'summary'],
  /** `published: false` is a draft; `published: 2019-03-04` is a date */
  draft: ['draft', 'published'],
  slug: ['slug'],
  /** where it was: old addresses lead to the new one; the last part of a permalink is a slug */
  permalink: ['permalink', 'url'],
  aliases: ['aliases', 'alias', 'redirect_from'],
  /** stays among the other fields too, as it is written */
  cover: [
    'cover',
    'heroImage',
    'featuredImage',
    'featured_image',
    'coverImage',
    'cover_image',
    'image',
    'banner',
    'thumbnail',
  ],
  series: ['series'],
  /** what feeds called it: readers see no post twice */
  guid: ['guid'],
  /** `layout: page` or `type: page`; stays among the other fields */
  kind: ['layout', 'type'],
} as const;
