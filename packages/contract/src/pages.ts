/**
 * What the pages show. The API gives these functions to the renderer in process
 * (`platform.data`); their results also cross to the browser on client navigation,
 * so every value is plain JSON and nothing here is private.
 */
import type { Features } from './endpoints.ts';
import type { PlatformStatus } from './platform.ts';

export type Tag = { slug: string; label: string };
/** `count`: posts and projects together */
export type TagCount = Tag & { count: number };
export type Link = { title: string; url: string };
export type Heading = { id: string; text: string; depth: number };
export type Picture = {
  src: string;
  alt: string;
  width: number | null;
  height: number | null;
  /** smaller copies by content type, best first; `sizes` says how wide it is shown */
  sources: { type: string; srcset: string }[];
  sizes: string;
};

export type PostSummary = {
  slug: string;
  title: string;
  description: string;
  /** ISO 8601 UTC */
  publishedAt: string;
  /** ISO 8601 UTC; null when never changed after publication */
  updatedAt: string | null;
  tags: Tag[];
  url: string;
  readingMinutes: number;
  /** came with the product as an example; the pages say so */
  sample: boolean;
};

export type SeriesPart = Link & { slug: string; current: boolean };

export type Post = PostSummary & {
  /** the description under the title; empty when it only repeats how the text begins */
  lead: string;
  html: string;
  headings: Heading[];
  words: number;
  cover: Picture | null;
  /** where search engines list it, when that is not here */
  canonical: string | null;
  /** the older neighbour in time */
  previous: Link | null;
  /** the newer neighbour in time */
  next: Link | null;
  related: PostSummary[];
  series: { slug: string; title: string; parts: SeriesPart[] } | null;
};

export type ProjectSummary = {
  slug: string;
  title: string;
  description: string;
  url: string;
  /** e.g. "2023" or "2023 to today"; empty when unknown */
  period: string;
  /** where it lives: repository, site … */
  links: Link[];
  tags: Tag[];
  sample: boolean;
};

export type Project = ProjectSummary & {
  /** as in Post */
  lead: string;
  html: string;
  headings: Heading[];
  cover: Picture | null;
  /** as in Post */
  canonical: string | null;
};

/** about, privacy and whatever pages the owner adds */
export type Page = {
  slug: string;
  title: string;
  description: string;
  html: string;
  headings: Heading[];
  /** as in Post */
  canonical: string | null;
  updatedAt: string | null;
  sample: boolean;
};

/** An entry that is not public, as its page would show it, for whoever has a link to it. */
export type Draft = {
  /** ISO 8601 UTC; when the link ends */
  until: string;
  /** it becomes public by itself, at the time that it names */
  scheduled: boolean;
} & ({ kind: 'post'; post: Post } | { kind: 'project'; project: Project } | { kind: 'page'; page: Page });

export type Paged<T> = { items: T[]; page: number; pages: number; total: number };
export type TaggedPage = Paged<PostSummary> & { tag: Tag; projects: ProjectSummary[] };

export type Home = {
  /** the page with slug "home", when the owner wrote one */
  intro: Page | null;
  recent: PostSummary[];
  projects: ProjectSummary[];
  totalPosts: number;
};

/** A year with posts, and the page of the archive that it begins on. */
export type ArchiveYear = { year: number; count: number; page: number };

export type ArchivePage = {
  /** the posts of this page by year, newest first; a long year goes on on the next page */
  posts: { year: number; posts: PostSummary[] }[];
  years: ArchiveYear[];
  page: number;
  pages: number;
};

export type Series = { slug: string; title: string; posts: PostSummary[] };

/** A page that is there, is gone on purpose, has moved, or never was. */
export type Lookup<T> =
  | { status: 'found'; value: T }
  | { status: 'gone'; title: string; /** ISO 8601 UTC */ since: string | null; reason: string }
  /** it has another address now, on this site or elsewhere */
  | { status: 'moved'; url: string }
  | { status: 'missing' };

/** What every page needs: who, where, which words. */
export type SiteInfo = {
  name: string;
  title: string;
  description: string;
  /** BCP 47 */
  language: string;
  /** IANA */
  timeZone: string;
  /** public origin without trailing slash */
  origin: string;
  owner: { name: string; github: string; email: string | null; bio: string; links: Link[] };
  navigation: { label: string; path: string }[];
  features: Features;
  /** messages of the contact form are deleted after so many days */
  contactKeepDays: number;
  /** true while any sample content is there */
  sample: boolean;
};

/** A piece of text; `found`: it is what was looked for. */
export type TextPart = { text: string; found: boolean };

export type SearchHit = {
  kind: 'post' | 'page' | 'project';
  slug: string;
  title: string;
  description: string;
  /** ISO 8601 UTC; null for pages and projects without a date */
  publishedAt: string | null;
  updatedAt: string | null;
  tags: string[];
  url: string;
  titleParts: TextPart[];
  /** the passages that have the words, else the beginning */
  excerpt: TextPart[];
};

export type SearchPage = {
  hits: SearchHit[];
  /** at most 1,000 */
  total: number;
  /** what was looked for instead, when nothing has the words as they were typed */
  corrected: string | null;
};

export type SiteData = {
  site(): Promise<SiteInfo>;
  home(): Promise<Home>;
  /** missing when the page number is beyond the last one; page 1 of an empty site is found and empty */
  posts(page: number): Promise<Lookup<Paged<PostSummary>>>;
  post(slug: string): Promise<Lookup<Post>>;
  projects(): Promise<ProjectSummary[]>;
  project(slug: string): Promise<Lookup<Project>>;
  page(slug: string): Promise<Lookup<Page>>;
  /** moved: it is public now. @param token of a link that `homepage preview` printed */
  draft(token: string): Promise<Lookup<Draft>>;
  tags(): Promise<TagCount[]>;
  tag(slug: string, page: number): Promise<Lookup<TaggedPage>>;
  archive(page: number): Promise<Lookup<ArchivePage>>;
  series(slug: string): Promise<Lookup<Series>>;
  /** for addresses that no page has. @param path decoded, without a slash at its end */
  /** @param page from 1 */
  search(text: string, page: number): Promise<SearchPage>;
  elsewhere(path: string): Promise<Exclude<Lookup<never>, { status: 'found' }>>;
  /** a few newest posts, for error pages */
  recent(): Promise<PostSummary[]>;
  platform(): Promise<PlatformStatus>;
};
