/** The words of /search. */
import { many } from './site.ts';

export const searchWords = {
  title: 'Search',
  description: 'Search in everything that is written here.',
  label: 'Search for',
  hint: 'Words in any form, “phrases in quotes”, and -words to leave out.',
  send: 'Search',
  kinds: { post: 'Post', page: 'Page', project: 'Project' },
  found: (total: number, query: string) =>
    `${total >= 1000 ? 'More than 1,000 texts' : many(total, 'text has', 'texts have')} “${query}”.`,
  corrected: (typed: string, used: string) => `Nothing has “${typed}”. This is what has “${used}”.`,
  none: (query: string) => `Nothing has “${query}”.`,
  noneLead: 'Try fewer or other words, or look through',
  better: 'Better matches',
  more: 'More matches',
  tooLong: 'That is too long to be looked for. 200 characters are read.',
} as const;
