import type { Kysely, Selectable } from 'kysely';
import type { Link, Lookup, Project, ProjectSummary, Tag } from '@homepage/contract';
import type { EntriesTable, Tables } from '../database/tables.ts';
import { canonicalOf } from '../entries/canonical.ts';
import { coverOf } from '../entries/cover.ts';
import { projectUrl } from '../entries/url.ts';
import { visible } from '../entries/visible.ts';
import { goneOrElsewhere } from '../redirects/redirects.ts';
import { tagsOf } from '../tags/tags.ts';

type ProjectRow = {
  slug: string;
  title: string;
  description: string;
  front_matter: Record<string, unknown>;
  sample: boolean;
};

/** Projects in the owner's order (`weight` in the front matter, small first), then newest first. */
export async function listProjects(db: Kysely<Tables>): Promise<ProjectSummary[]> {
  const rows = await visible(db, 'project')
    .select(['entries.id', 'entries.slug', 'entries.title', 'entries.description'])
    .select(['entries.front_matter', 'entries.sample'])
    .orderBy('entries.published_at', (order) => order.desc().nullsLast())
    .orderBy('entries.slug')
    .execute();
  const tags = await tagsOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.toSorted((a, b) => weight(a) - weight(b)).map((row) => summary(row, tags.get(row.id) ?? []));
}

export async function findProject(db: Kysely<Tables>, slug: string): Promise<Lookup<Project>> {
  const row = await visible(db, 'project')
    .selectAll('entries')
    .where('entries.slug', '=', slug)
    .executeTakeFirst();
  return row ? { status: 'found', value: await projectOf(db, row) } : goneOrElsewhere(db, 'project', slug);
}

export async function projectOf(db: Kysely<Tables>, row: Selectable<EntriesTable>): Promise<Project> {
  const tags = (await tagsOf(db, [row.id])).get(row.id) ?? [];
  return {
    ...summary(row, tags),
    lead: row.description_written ? row.description : '',
    html: row.html,
    headings: row.headings,
    cover: await coverOf(db, row),
    canonical: canonicalOf(row.front_matter),
  };
}

function summary(row: ProjectRow, tags: Tag[]): ProjectSummary {
  return {
    slug: row.slug,
    title: row.title,
    description: row.description,
    url: projectUrl(row.slug),
    period: textField(row, 'period'),
    links: linksOf(row),
    tags,
    sample: row.sample,
  };
}

/** `repository:` and `website:` of the front matter; anything but http(s) is left out. */
function linksOf(row: ProjectRow): Link[] {
  return [
    { title: 'Repository', url: textField(row, 'repository') },
    { title: 'Website', url: textField(row, 'website') },
  ].filter((link) => URL.canParse(link.url) && /^https?:$/.test(new URL(link.url).protocol));
}

function weight(row: ProjectRow): number {
  const value = row.front_matter['weight'];
  return typeof value === 'number' ? value : 0;
}

function textField(row: ProjectRow, name: string): string {
  const value = row.front_matter[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
