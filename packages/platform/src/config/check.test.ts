import { expect, test } from 'vitest';
import { Problems } from '../problem.ts';
import { checkSiteConfig } from './load.ts';
import type { SiteConfigInput } from './schema.ts';

const minimal = (): SiteConfigInput => ({
  domain: 'example.dev',
  name: 'Ada',
  description: 'Notes on engines.',
  owner: { name: 'Ada', github: 'ada-l' },
});

test('a minimal configuration is completed with defaults', () => {
  expect(checkSiteConfig(minimal())).toEqual({
    domain: 'example.dev',
    name: 'Ada',
    description: 'Notes on engines.',
    language: 'en',
    timeZone: 'UTC',
    owner: { name: 'Ada', github: 'ada-l', bio: 'A developer.', links: [] },
    navigation: [
      { label: 'Posts', path: '/posts' },
      { label: 'Projects', path: '/projects' },
      { label: 'About', path: '/about' },
      { label: 'How this runs', path: '/platform' },
    ],
    theme: {},
    postsPerPage: 20,
    features: { contact: true },
    contact: { keepDays: 365 },
    api: { readableFrom: [] },
  });
});

test('a full configuration is taken as it is', () => {
  const full: SiteConfigInput = {
    domain: 'blog.example.co.uk',
    name: 'Ада 🚀 שלום',
    title: 'Notes',
    description: 'Notes on engines.',
    language: 'pt-BR',
    timeZone: 'Europe/Oslo',
    owner: {
      name: 'Ada',
      github: 'Ada1',
      email: 'ada@example.dev',
      bio: 'I count.',
      links: [{ label: 'Code', url: 'https://example.dev/~ada?a=b#c' }],
    },
    navigation: [{ label: 'Posts', path: '/posts?tag=a' }],
    theme: {
      accentHue: 0,
      textFont: '"Source Serif 4", Georgia, serif',
      headingFont: 'Inter',
      codeFont: 'ui-monospace, Menlo',
      mark: 'M2 2L22 22 1.5-.5z',
    },
    postsPerPage: 1,
    features: { contact: false },
    contact: { keepDays: 30 },
    api: { readableFrom: ['https://other.example', '*'] },
    images: { backend: 'localhost:5000/me/backend', frontend: 'ghcr.io/me/front_end' },
  };
  expect(checkSiteConfig(full)).toEqual(full);
});

test('capitals and blanks that do not matter are taken away', () => {
  const config = checkSiteConfig({ ...minimal(), domain: ' Example.DEV ', name: ' Ada ' });
  expect([config.domain, config.name]).toEqual(['example.dev', 'Ada']);
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the mutations below make it wrong on purpose
type Wrong = any;
type Mutation = [name: string, mutate: (config: Wrong) => void, ...lines: string[]];
const setTo = {
  domain: 'Set it to the domain where the site lives, such as "example.dev".',
  owner: 'Set it to an object with your name and GitHub login.',
  image: 'Set it to a name such as "ghcr.io/you/homepage-backend".',
  perPage: 'Set it to a whole number from 1 to 100.',
};

const invalid: Mutation[] = [
  [
    'no domain',
    (c) => delete c.domain,
    'domain is missing. Add the domain where the site lives, such as "example.dev".',
  ],
  ['no name', (c) => delete c.name, 'name is missing. Add the name in the header, such as "Ada Example".'],
  [
    'no description',
    (c) => delete c.description,
    'description is missing. Add one sentence for search engines and feeds.',
  ],
  ['no owner', (c) => delete c.owner, 'owner is missing. Add an object with your name and GitHub login.'],
  [
    'no login',
    (c) => (c.owner.github = undefined),
    'owner.github is missing. Add your GitHub login; it decides who may sign in.',
  ],
  [
    'an address for a domain',
    (c) => (c.domain = 'https://example.dev/blog'),
    'domain must be a bare domain, without https:// and without a path, not "https://example.dev/blog". Did you mean "example.dev"?',
  ],
  [
    'a domain with a port',
    (c) => (c.domain = 'example.dev:8080'),
    'domain must be a bare domain, without https:// and without a path, not "example.dev:8080". Did you mean "example.dev"?',
  ],
  [
    'a domain of one word',
    (c) => (c.domain = 'example'),
    `domain must be a bare domain, without https:// and without a path, not "example". ${setTo.domain}`,
  ],
  ['a number for a domain', (c) => (c.domain = 5), `domain must be text, not 5. ${setTo.domain}`],
  [
    'an empty name',
    (c) => (c.name = '   '),
    'name must not be empty. Set it to the name in the header, such as "Ada Example".',
  ],
  [
    'a long name',
    (c) => (c.name = 'x'.repeat(81)),
    'name must be at most 80 characters long, not 81. Shorten it.',
  ],
  [
    'null for a title',
    (c) => (c.title = null),
    'title must be text, not null. Set it to the title of the home page; without it, the name.',
  ],
  [
    'an underscore in a language',
    (c) => (c.language = 'en_US'),
    'language must be a language tag, not "en_US". Did you mean "en-US"?',
  ],
  [
    'no language at all',
    (c) => (c.language = 'the queen’s'),
    'language must be a language tag, not "the queen’s". Set it to a BCP 47 tag for words and dates, such as "en", "nb" or "pt-BR".',
  ],
  [
    'a mistyped time zone',
    (c) => (c.timeZone = 'Europe/Olso'),
    'timeZone must be an IANA time zone, not "Europe/Olso". Did you mean "Europe/Oslo"?',
  ],
  [
    'an offset for a time zone',
    (c) => (c.timeZone = 'two hours later'),
    'timeZone must be an IANA time zone, not "two hours later". Set it to an IANA time zone for dates, such as "Europe/Oslo" or "UTC".',
  ],
  ['text for the owner', (c) => (c.owner = 'Ada'), `owner must be an object, not "Ada". ${setTo.owner}`],
  ['a list for the owner', (c) => (c.owner = []), `owner must be an object, not a list. ${setTo.owner}`],
  [
    'an at sign before the login',
    (c) => (c.owner.github = '@ada'),
    'owner.github must be a GitHub login: letters, digits and single hyphens, not "@ada". Did you mean "ada"?',
  ],
  [
    'an address for the login',
    (c) => (c.owner.github = 'https://github.com/ada/'),
    'owner.github must be a GitHub login: letters, digits and single hyphens, not "https://github.com/ada/". Did you mean "ada"?',
  ],
  [
    'two hyphens in the login',
    (c) => (c.owner.github = 'ada--l'),
    'owner.github must be a GitHub login: letters, digits and single hyphens, not "ada--l". Set it to your GitHub login; it decides who may sign in.',
  ],
  [
    'a link for the e-mail',
    (c) => (c.owner.email = 'mailto:a@example.dev'),
    'owner.email must be an e-mail address, not "mailto:a@example.dev". Did you mean "a@example.dev"?',
  ],
  [
    'a script for a link',
    (c) => (c.owner.links = [{ label: 'x', url: 'javascript:alert(1)' }]),
    'owner.links[0].url must be a full http:// or https:// address, not "javascript:alert(1)". Set it to a full address, such as "https://github.com/you".',
  ],
  [
    'a link without its scheme',
    (c) =>
      (c.owner.links = [
        { label: 'x', url: 'https://a.dev' },
        { label: 'y', url: 'example.dev/me' },
      ]),
    'owner.links[1].url must be a full http:// or https:// address, not "example.dev/me". Did you mean "https://example.dev/me"?',
  ],
  [
    'a link without words',
    (c) => (c.owner.links = [{ url: 'https://a.dev' }]),
    'owner.links[0].label is missing. Add the words of the link.',
  ],
  [
    'an object for the menu',
    (c) => (c.navigation = {}),
    'navigation must be a list, not an object. Set it to a list of {label, path}.',
  ],
  [
    'nine menu entries',
    (c) => (c.navigation = Array(9).fill({ label: 'a', path: '/a' })),
    'navigation must have at most 8 entries, not 9. Shorten it.',
  ],
  [
    'a menu path without its slash',
    (c) => (c.navigation = [{ label: 'Posts', path: 'posts' }]),
    'navigation[0].path must be a path on this site that starts with one "/", not "posts". Did you mean "/posts"?',
  ],
  [
    'a menu path to another site',
    (c) => (c.navigation = [{ label: 'x', path: '//evil.example' }]),
    'navigation[0].path must be a path on this site that starts with one "/", not "//evil.example". Did you mean "/evil.example"?',
  ],
  [
    'a hue beyond the circle',
    (c) => (c.theme = { accentHue: 361 }),
    'theme.accentHue must be at most 360, not 361. Set it to the OKLCH hue of the accent colour, 0 to 360.',
  ],
  [
    'a hue below zero',
    (c) => (c.theme = { accentHue: -1 }),
    'theme.accentHue must be at least 0. Set it to the OKLCH hue of the accent colour, 0 to 360.',
  ],
  [
    'CSS in a font',
    (c) => (c.theme = { textFont: 'x; } body { display: none' }),
    'theme.textFont must be font names separated by commas, not "x; } body { display: none". Set it to a CSS font stack, such as "Georgia, serif".',
  ],
  [
    'markup for a mark',
    (c) => (c.theme = { mark: '<svg onload="x">' }),
    'theme.mark must be the "d" of one SVG path, not "<svg onload=\\"x\\">". Set it to the path of your mark, drawn in a box of 24 by 24.',
  ],
  ['no posts on a page', (c) => (c.postsPerPage = 0), `postsPerPage must be at least 1. ${setTo.perPage}`],
  [
    'half a post',
    (c) => (c.postsPerPage = 1.5),
    `postsPerPage must be a whole number, not 1.5. ${setTo.perPage}`,
  ],
  [
    'text for a number',
    (c) => (c.postsPerPage = '20'),
    `postsPerPage must be a number, not "20". ${setTo.perPage}`,
  ],
  [
    'an image with a tag',
    (c) => (c.images = { backend: 'ghcr.io/Me/x:dev', frontend: 'ghcr.io/me/y' }),
    'images.backend must be an image name in small letters, without tag or digest, not "ghcr.io/Me/x:dev". Did you mean "ghcr.io/me/x"?',
  ],
  [
    'an image without a registry',
    (c) => (c.images = { backend: 'x', frontend: 'ghcr.io/me/y' }),
    `images.backend must be an image name in small letters, without tag or digest, not "x". ${setTo.image}`,
  ],
  [
    'one image',
    (c) => (c.images = { backend: 'ghcr.io/me/x' }),
    'images.frontend is missing. Add a name such as "ghcr.io/you/homepage-frontend".',
  ],
  ['a mistyped field', (c) => (c.langauge = 'en'), 'langauge is not a field. Did you mean "language"?'],
  [
    'an invented field',
    (c) => (c.colour = 'red'),
    'colour is not a field. Remove it; the fields here are domain, name, title, description, language, timeZone, owner, navigation, theme, postsPerPage, features, contact, api, images.',
  ],
  [
    'a mistyped field of the owner',
    (c) => (c.owner.gihtub = 'ada'),
    'owner.gihtub is not a field. Did you mean "github"?',
  ],
  [
    'a mistyped token',
    (c) => (c.theme = { accentHeu: 1 }),
    'theme.accentHeu is not a field. Did you mean "accentHue"?',
  ],
  [
    'a mistyped field in a list',
    (c) => (c.navigation = [{ label: 'Posts', path: '/posts', icon: 'x' }]),
    'navigation[0].icon is not a field. Remove it; the fields here are label, path.',
  ],
  [
    'several at once',
    (c) => {
      delete c.name;
      c.postsPerPage = 101;
      c.owner.tiwtter = 'x';
    },
    'name is missing. Add the name in the header, such as "Ada Example".',
    'owner.tiwtter is not a field. Remove it; the fields here are name, github, email, bio, links.',
    `postsPerPage must be at most 100, not 101. ${setTo.perPage}`,
  ],
];

test.each(invalid)('%s', (_name, mutate, ...lines) => {
  const config = minimal();
  mutate(config);
  expect(failure(config).message).toBe(
    ['homepage.config.ts is not valid:', ...lines.map((line) => `  ${line}`)].join('\n'),
  );
});

test.each([
  [null, 'null'],
  [5, '5'],
  ['text', '"text"'],
  [[], 'a list'],
])('%j instead of an object', (config, shown) => {
  expect(failure(config).message).toBe(
    `homepage.config.ts is not valid:\n  The default export must be an object, not ${shown}. Write \`export default defineSite({ … })\`.`,
  );
});

test('each problem names its field, for machines', () => {
  const { code, problems } = failure({ ...minimal(), postsPerPage: 0, timeZone: 'x' });
  expect(code).toBe('CONFIG_INVALID');
  expect(problems.map(({ code, field }) => [code, field])).toEqual([
    ['CONFIG_FIELD', 'timeZone'],
    ['CONFIG_FIELD', 'postsPerPage'],
  ]);
});

function failure(config: unknown): Problems {
  try {
    checkSiteConfig(config);
  } catch (error) {
    if (error instanceof Problems) return error;
    throw error;
  }
  throw new Error('this configuration is valid');
}
