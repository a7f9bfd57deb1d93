/**
 * The fixed words of the site. This folder holds all of them, so that a fork can translate them;
 * those of one page only have their own file and travel with that page.
 */
export const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

export const words = {
  skip: 'Skip to the text',
  mainNavigation: 'Main',
  home: 'Home',
  loading: 'Opening the page',
  writtenBy: 'Written by',
  sample: { text: 'Sample content. Remove it with', command: 'npx homepage sample remove' },
  fill: { text: 'To fill this page, run', command: 'npx homepage import <folder>' },
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  search: 'Search',
  footer: {
    contact: 'Contact',
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
  contents: 'Contents',
  neighbours: 'More posts',
  older: 'Older',
  newer: 'Newer',
  related: 'Related',
  series: 'Series',
  partOf: (part: number, parts: number) => `Part ${part} of ${parts}`,

  archive: 'Archive',
  about: 'About',
  privacy: 'Privacy',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied',
  wrap: 'Wrap lines',
  enlarge: 'Show this picture large',
  close: 'Close',
} as const;
