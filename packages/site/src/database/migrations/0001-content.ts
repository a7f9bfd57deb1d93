import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table entries (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('post', 'page', 'project')),
      slug text not null check (slug <> ''),
      title text not null,
      description text not null,
      description_written boolean not null,
      status text not null check (status in ('draft', 'published')),
      published_at timestamptz,
      updated_at timestamptz,
      markdown text not null,
      front_matter json not null,
      html text not null,
      headings jsonb not null,
      text text not null,
      words integer not null,
      reading_minutes integer not null,
      renderer_version integer not null,
      series_slug text,
      series_title text,
      cover_hash text,
      cover_name text,
      cover_alt text not null,
      source text,
      fingerprint text not null,
      sample boolean not null,
      created_at timestamptz not null default now(),
      unique (kind, slug),
      check (kind <> 'post' or status = 'draft' or published_at is not null)
    )`.execute(db);
  await sql`create index entries_by_date on entries (kind, status, published_at desc, id desc)`.execute(db);
  await sql`create index entries_by_series on entries (series_slug, published_at) where series_slug is not null`.execute(
    db,
  );
  await sql`create index entries_by_renderer on entries (renderer_version)`.execute(db);
  await sql`create table tags (slug text primary key, label text not null)`.execute(db);
  await sql`
    create table entry_tags (
      entry_id bigint not null references entries on delete cascade,
      tag_slug text not null references tags,
      position integer not null,
      primary key (entry_id, tag_slug)
    )`.execute(db);
  await sql`create index entry_tags_by_tag on entry_tags (tag_slug, entry_id)`.execute(db);
  await sql`
    create table media (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      content_type text not null,
      bytes bigint not null,
      width integer,
      height integer,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table entry_media (
      entry_id bigint not null references entries on delete cascade,
      hash text not null references media,
      name text not null,
      path text not null,
      primary key (entry_id, path)
    )`.execute(db);
  await sql`create index entry_media_by_hash on entry_media (hash)`.execute(db);
  await sql`
    create table gone (
      kind text not null,
      slug text not null,
      title text not null,
      reason text not null,
      since timestamptz not null default now(),
      primary key (kind, slug)
    )`.execute(db);
  await sql`create table content_version (id integer primary key check (id = 1), version bigint not null)`.execute(
    db,
  );
  await sql`insert into content_version values (1, 1)`.execute(db);
  await sql`create table meta (key text primary key, value text not null)`.execute(db);
}
