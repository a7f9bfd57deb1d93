/** The tables as Kysely sees them. Kept in step with the migrations by a test. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Heading } from '@homepage/contract';

type StampedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export type EntryKind = 'post' | 'page' | 'project';
export type EntryStatus = 'draft' | 'published';

/** Posts, pages and projects: Markdown with front matter, and what was rendered from it. */
export type EntriesTable = {
  id: Generated<number>;
  kind: EntryKind;
  slug: string;
  title: string;
  /** what lists and search engines show */
  description: string;
  /** false: the description is the excerpt of the body */
  description_written: boolean;
  status: EntryStatus;
  /** null for drafts without a date; in the future: shown from then on */
  published_at: NullableTimestamp;
  updated_at: NullableTimestamp;
  markdown: string;
  /** fields without a column of their own, in their order (json, not jsonb: that one sorts), and `cover` as written */
  front_matter: JSONColumnType<Record<string, unknown>>;
  html: string;
  headings: JSONColumnType<Heading[]>;
  text: string;
  words: number;
  reading_minutes: number;
  renderer_version: number;
  series_slug: string | null;
  series_title: string | null;
  cover_hash: string | null;
  cover_name: string | null;
  cover_alt: string;
  /** the file it came from, relative to the imported folder */
  source: string | null;
  /** sha256 of everything that decides the stored row; an equal one means "unchanged" */
  fingerprint: string;
  sample: boolean;
  /** what feeds call it, when it is not its address: an address it had, or the name of an earlier blog */
  guid: string | null;
  created_at: StampedTimestamp;
};

export type TagsTable = { slug: string; label: string };
/** `post_at`: published_at of a published post, so that lists of a tag need no entry; else null. */
export type EntryTagsTable = {
  entry_id: number;
  tag_slug: string;
  position: number;
  post_at: NullableTimestamp;
};

/** A picture or file; its bytes are in storage under `media/<hash>`. */
export type MediaTable = {
  hash: string;
  content_type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  animated: Generated<boolean>;
  created_at: StampedTimestamp;
};

/** Which entry shows which file, under which name and from which path beside its Markdown. */
export type EntryMediaTable = { entry_id: number; hash: string; name: string; path: string };

/** Addresses that answer 410 with a reason. */
export type GoneTable = {
  kind: EntryKind;
  slug: string;
  title: string;
  reason: string;
  since: StampedTimestamp;
};

/** Old addresses, by path as `oldPath` writes it: of an entry, to a target, or gone for good (neither). */
export type RedirectsTable = { path: string; entry_id: number | null; target: string | null };

/** What the search reads of an entry; made from it in the background. See the migration 0006. */
export type SearchEntriesTable = {
  entry_id: number;
  key: string;
  visible_from: NullableTimestamp;
  heading: string;
  exact: string;
  stems: string;
};

/** Every word of what was ever visible, without accents, for help with typing errors. */
export type SearchWordsTable = { word: string };

/** One row; the version rises with every change of content, so that every process sees it. */
export type ContentVersionTable = { id: number; version: number };

export type MetaTable = { key: string; value: string };

/** What somebody wrote to the owner; nothing about them but what they typed. */
export type ContactMessagesTable = {
  id: Generated<number>;
  received_at: StampedTimestamp;
  name: string;
  email: string | null;
  message: string;
  /** the trap was filled in: probably no person; stored all the same, without a notice */
  suspect: boolean;
};

/** Notices of messages that are still to be sent, one a channel; a row goes when its notice has gone out. */
export type ContactNoticesTable = {
  message_id: number;
  channel: string;
  attempts: Generated<number>;
  due_at: StampedTimestamp;
  last_error: string | null;
};

export type Tables = {
  entries: EntriesTable;
  tags: TagsTable;
  entry_tags: EntryTagsTable;
  media: MediaTable;
  entry_media: EntryMediaTable;
  gone: GoneTable;
  redirects: RedirectsTable;
  search_entries: SearchEntriesTable;
  search_words: SearchWordsTable;
  content_version: ContentVersionTable;
  meta: MetaTable;
  contact_messages: ContactMessagesTable;
  contact_notices: ContactNoticesTable;
};
