/** The words of the pages that list things, and of those that are not written yet. */
import { many } from './site.ts';

export const listWords = {
  allProjects: 'All projects',
  noProjects: 'No projects yet.',
  noTags: 'No tags yet. They come from the front matter of posts and projects.',
  allTags: 'All tags',
  tagged: (label: string) => `Tagged “${label}”`,
  tagCounts: (posts: number, projects: number) =>
    [posts > 0 && many(posts, 'post', 'posts'), projects > 0 && many(projects, 'project', 'projects')]
      .filter(Boolean)
      .join(', '),
  seriesLead: (count: number) => `${many(count, 'part', 'parts')}, in reading order.`,
  archiveLead: 'One stick a year, one notch a month, one cut a post.',
  years: 'Years',
  continued: (year: number) => `${year}, continued`,
  noAbout: 'This page is not written yet. It comes from a file named about.md.',
} as const;
