/** The public JSON API under /api/v1, as schemas: validation, serialisation and types come from here. */
import { z } from 'zod';

const slug = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\s\p{Cc}]+$/u, 'a slug has no slash, no space and no control character');
export const slugParams = z.strictObject({ slug: slug.describe('the last part of the address of its page') });

export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.number().int().min(1).max(100))
    .default(20)
    .describe('how many at most'),
  cursor: z
    .string()
    .min(1)
    .max(1200)
    .optional()
    .describe('nextCursor of the page before; without it, the first page'),
});

export const link = z.object({ title: z.string(), url: z.string() });
export const heading = z.object({ id: z.string(), text: z.string(), depth: z.number().int() });

export const apiPostSummary = z.object({
  slug,
  title: z.string(),
  description: z.string(),
  publishedAt: z.iso.datetime().describe('UTC'),
  updatedAt: z.iso.datetime().nullable().describe('null: not changed after it was published'),
  tags: z.array(z.string()),
  url: z.string().describe('the path of its page'),
});
export const apiPost = apiPostSummary.extend({
  html: z.string().describe('the text; safe to show'),
  headings: z.array(heading).describe('for a list of contents'),
  readingMinutes: z.number().int(),
  previous: link.nullable().describe('the post before it in time'),
  next: link.nullable().describe('the post after it in time'),
});
export const apiPostList = z.object({ items: z.array(apiPostSummary), nextCursor: z.string().nullable() });

export const apiProject = z.object({
  slug,
  title: z.string(),
  description: z.string(),
  url: z.string(),
  links: z.array(link),
  tags: z.array(z.string()),
});
export const apiProjectList = z.object({ items: z.array(apiProject), nextCursor: z.string().nullable() });

export const apiPage = z.object({
  slug,
  title: z.string(),
  description: z.string(),
  html: z.string(),
  headings: z.array(heading),
  updatedAt: z.iso.datetime().nullable(),
});
export const apiPageSummary = apiPage.omit({ html: true, headings: true });
export const apiPageList = z.object({ items: z.array(apiPageSummary), nextCursor: z.string().nullable() });

export const searchQuery = z.strictObject({
  q: z.string().min(1).max(200).describe('words, "phrases" and -words; the last word may be unfinished'),
  limit: listQuery.shape.limit,
  cursor: listQuery.shape.cursor,
});
const textParts = z
  .array(z.object({ text: z.string(), found: z.boolean() }))
  .describe('text in pieces; found: it is what was looked for');
export const apiHit = z.object({
  kind: z.enum(['post', 'page', 'project']),
  slug,
  title: z.string(),
  description: z.string(),
  publishedAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
  tags: z.array(z.string()),
  url: z.string().describe('the path of its page'),
  titleParts: textParts,
  excerpt: textParts,
});
export const apiHitList = z.object({
  items: z.array(apiHit),
  nextCursor: z.string().nullable(),
  total: z.number().int().describe('at most 1,000'),
  corrected: z
    .string()
    .nullable()
    .describe('what was looked for instead, when nothing has the words as they are'),
});

export const apiTag = z.object({
  slug,
  label: z.string(),
  count: z.number().int().describe('posts and projects'),
});
export const apiTagList = z.object({ items: z.array(apiTag), nextCursor: z.string().nullable() });

export const apiSite = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  origin: z.string(),
  owner: z.object({ name: z.string(), github: z.string(), bio: z.string() }),
  navigation: z.array(z.object({ label: z.string(), path: z.string() })),
});

export type ApiPostSummary = z.infer<typeof apiPostSummary>;
export type ApiPost = z.infer<typeof apiPost>;
export type ApiProject = z.infer<typeof apiProject>;
export type ApiPage = z.infer<typeof apiPage>;
export type ApiSite = z.infer<typeof apiSite>;
