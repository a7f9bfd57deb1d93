/**
 * The fixed words of the site. This folder holds all of them, so that a fork can translate them;
 * those of one page only have their own file and travel with that page.
 */
const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

export const words = {
  skip: 'Skip to the text',
  mainNavigation: 'Main',
  home: 'Home',
  loading: 'Opening the page',
  writtenBy: 'Written by',
  sample: { text: 'Sample content. Remove it with', command: 'npx homepage sample remove' },
  fill: { text: 'To fill this page, run', command: 'npx homepage import <folder>' },
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  footer: {
    archive: 'Archive',
    tags: 'Tags',
    platform: 'How this site runs',
    privacy: 'Privacy',
    api: 'API',
  },

  recentPosts: 'Recent posts',
  allPosts: (count: number) => `All ${many(count, 'post', 'posts')}`,
  moreAbout: 'More about me',
  projects: 'Projects',
  allProjects: 'All projects',
  noProjects: 'No projects yet.',
  posts: 'Posts',
  noPosts: 'Nothing published yet.',
  pages: 'Pages',
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  newerPosts: 'Newer posts',
  olderPosts: 'Older posts',

  published: 'Published',
  changed: 'Changed',
  reading: 'Reading',
  minutes: (count: number) => many(count, 'minute', 'minutes'),
  tags: 'Tags',
  noTags: 'No tags yet. They come from the front matter of posts and projects.',
  allTags: 'All tags',
  tagged: (label: string) => `Posts about ${label}`,
  postCount: (count: number) => many(count, 'post', 'posts'),
  tagCounts: (posts: number, projects: number) =>
    [posts > 0 && many(posts, 'post', 'posts'), projects > 0 && many(projects, 'project', 'projects')]
      .filter(Boolean)
      .join(', '),
  contents: 'Contents',
  neighbours: 'More posts',
  older: 'Older',
  newer: 'Newer',
  related: 'Related',
  series: 'Series',
  seriesLead: (count: number) => `${many(count, 'part', 'parts')}, in reading order.`,
  partOf: (part: number, parts: number) => `Part ${part} of ${parts}`,

  archive: 'Archive',
  archiveLead: 'One stick a year, one notch a month, one cut a post.',
  about: 'About',
  noAbout: 'This page is not written yet. It comes from a file named about.md.',
  privacy: 'Privacy',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied',
  wrap: 'Wrap lines',
  enlarge: 'Show this picture large',
  close: 'Close',
} as const;
