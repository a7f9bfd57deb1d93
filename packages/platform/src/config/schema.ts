/**
 * The shape of `homepage.config.ts`, the one file a fork changes.
 * Every field has a description: a phrase that completes "Set it to …" in an error message.
 */
import { z } from 'zod';
import { suggest } from '../suggest.ts';

const line = (max: number) => z.string().trim().min(1).max(max);

/** A line that must pass a check; `mend` offers a value that would. */
function checked(
  max: number,
  isGood: (value: string) => boolean,
  message: string,
  mend: (value: string) => string | undefined,
) {
  return line(max).superRefine((value, context) => {
    if (isGood(value)) return;
    const mended = mend(value);
    const suggestion = mended !== undefined && isGood(mended) ? mended : undefined;
    context.addIssue({ code: 'custom', message, params: { suggestion } });
  });
}

const language = checked(35, isLanguage, 'must be a language tag', (value) => value.replaceAll('_', '-'));
const timeZone = checked(60, isTimeZone, 'must be an IANA time zone', (value) =>
  suggest(value, Intl.supportedValuesOf('timeZone')),
);
const path = checked(
  200,
  (value) => /^\/(?!\/)\S*$/.test(value),
  'must be a path on this site that starts with one "/"',
  (value) => `/${value.replace(/^\/+/, '')}`,
);
const webAddress = checked(2000, isWebAddress, 'must be a full http:// or https:// address', (value) =>
  /^[\w.-]+\.[a-z]{2,}(\/|$)/i.test(value) ? `https://${value}` : undefined,
);
const readingOrigin = checked(200, isReadingOrigin, 'must be an origin, without a path, or "*"', (value) =>
  URL.canParse(value) ? new URL(value).origin : undefined,
);
const domain = checked(253, isDomain, 'must be a bare domain, without https:// and without a path', (value) =>
  value.replace(/^https?:\/\//i, '').replace(/[/:].*$/, ''),
).transform((value) => value.toLowerCase());
const githubLogin = checked(
  39,
  (value) => /^[a-z\d](?:[a-z\d]|-(?=[a-z\d]))*$/i.test(value),
  'must be a GitHub login: letters, digits and single hyphens',
  (value) => value.replace(/^(@|https?:\/\/github\.com\/)/i, '').replace(/\/$/, ''),
);
const email = checked(
  254,
  (value) => z.email().safeParse(value).success,
  'must be an e-mail address',
  (value) => value.replace(/^mailto:/i, ''),
);
const image = checked(
  200,
  (value) => /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(value),
  'must be an image name in small letters, without tag or digest',
  (value) =>
    value
      .toLowerCase()
      .replace(/@.*$/, '')
      .replace(/:[^/]*$/, ''),
);
const fontStack = checked(
  300,
  (value) => /^[\w\s"',.-]+$/.test(value),
  'must be font names separated by commas',
  (value) => value.replace(/;\s*$/, ''),
);
const markPath = checked(
  2000,
  (value) => /^[MmLlHhVvCcSsQqTtAaZz0-9\s,.+-]+$/.test(value),
  'must be the "d" of one SVG path',
  () => undefined,
);

export const siteConfig = z.strictObject({
  domain: domain.describe('the domain where the site lives, such as "example.dev"'),
  name: line(80).describe('the name in the header, such as "Ada Example"'),
  title: line(120).optional().describe('the title of the home page; without it, the name'),
  description: line(300).describe('one sentence for search engines and feeds'),
  language: language
    .default('en')
    .describe('a BCP 47 tag for words and dates, such as "en", "nb" or "pt-BR"'),
  timeZone: timeZone.default('UTC').describe('an IANA time zone for dates, such as "Europe/Oslo" or "UTC"'),
  owner: z
    .strictObject({
      name: line(80).describe('your name'),
      github: githubLogin.describe('your GitHub login; it decides who may sign in'),
      email: email.optional().describe('an e-mail address that everybody may see'),
      bio: line(500).default('A developer.').describe('one sentence about you'),
      links: z
        .array(
          z.strictObject({
            label: line(40).describe('the words of the link'),
            url: webAddress.describe('a full address, such as "https://github.com/you"'),
          }),
        )
        .max(12)
        .default([])
        .describe('a list of {label, url}'),
    })
    .describe('an object with your name and GitHub login'),
  navigation: z
    .array(
      z.strictObject({
        label: line(30).describe('the words in the menu'),
        path: path.describe('a path of this site, such as "/posts"'),
      }),
    )
    .max(8)
    .default([
      { label: 'Posts', path: '/posts' },
      { label: 'Projects', path: '/projects' },
      { label: 'About', path: '/about' },
      { label: 'How this runs', path: '/platform' },
    ])
    .describe('a list of {label, path}'),
  theme: z
    .strictObject({
      accentHue: z
        .number()
        .min(0)
        .max(360)
        .optional()
        .describe('the OKLCH hue of the accent colour, 0 to 360'),
      textFont: fontStack.optional().describe('a CSS font stack, such as "Georgia, serif"'),
      headingFont: fontStack.optional().describe('a CSS font stack, such as "Georgia, serif"'),
      codeFont: fontStack.optional().describe('a CSS font stack, such as "Menlo, monospace"'),
      mark: markPath.optional().describe('the path of your mark, drawn in a box of 24 by 24'),
    })
    .default({})
    .describe('an object of theme tokens; {} keeps ours'),
  postsPerPage: z.number().int().min(1).max(100).default(20).describe('a whole number from 1 to 100'),
  features: z
    .strictObject({
      contact: z.boolean().default(true).describe('true or false: the form at /contact'),
    })
    .prefault({})
    .describe('an object of true and false'),
  contact: z
    .strictObject({
      keepDays: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .default(365)
        .describe('a whole number of days from 1 to 3650, after which a message is deleted'),
    })
    .prefault({})
    .describe('an object; {} keeps messages for a year'),
  api: z
    .strictObject({
      readableFrom: z
        .array(readingOrigin.describe('an origin such as "https://example.dev", or "*" for every site'))
        .max(50)
        .default([])
        .describe('a list of origins; [] for none'),
    })
    .prefault({})
    .describe('an object; {} keeps the API to this site and to programs'),
  images: z
    .strictObject({
      backend: image.describe('a name such as "ghcr.io/you/homepage-backend"'),
      frontend: image.describe('a name such as "ghcr.io/you/homepage-frontend"'),
    })
    .optional()
    .describe('an object with the names of your two container images'),
});

/** What a fork writes. */
export type SiteConfigInput = z.input<typeof siteConfig>;
/** What the program reads: defaults filled in. */
export type SiteConfig = z.output<typeof siteConfig>;

/** Gives `homepage.config.ts` its types; checks nothing by itself. */
export function defineSite(config: SiteConfigInput): SiteConfigInput {
  return config;
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && /^https?:\/\/[^/]/i.test(value);
}

function isDomain(value: string): boolean {
  return /^(localhost|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})$/i.test(value);
}

function isReadingOrigin(value: string): boolean {
  return value === '*' || (isWebAddress(value) && new URL(value).origin === value);
}
