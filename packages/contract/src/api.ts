/** The public JSON API under /api/v1, as schemas: validation, serialisation and types come from here. */
import { z } from 'zod';

const slug = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\s\p{Cc}]+$/u, 'a slug has no slash, no space and no control character');
export const slugParams = z.object({ slug });

export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

export const link = z.object({ title: z.string(), url: z.string() });
export const heading = z.object({ id: z.string(), text: z.string(), depth: z.number().int() });

export const apiPostSummary = z.object({
  slug,
  title: z.string(),
  description: z.string(),
  publishedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().nullable(),
  tags: z.array(z.string()),
  url: z.string(),
});
export const apiPost = apiPostSummary.extend({
  html: z.string(),
  headings: z.array(heading),
  readingMinutes: z.number().int(),
  previous: link.nullable(),
  next: link.nullable(),
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

export const apiTag = z.object({ slug, label: z.string(), count: z.number().int() });
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
