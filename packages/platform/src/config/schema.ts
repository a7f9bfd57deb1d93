/**
 * The shape of `homepage.config.ts`, the one file a fork changes.
 * Every field has a description: it is what an error message and the how-to show.
 */
import { z } from 'zod';

const line = (max: number) => z.string().trim().min(1).max(max);

const language = line(35).refine(isLanguage, 'is not a language tag; use one such as "en", "nb" or "pt-BR"');
const timeZone = line(60).refine(
  isTimeZone,
  'is not an IANA time zone; use one such as "Europe/Oslo" or "UTC"',
);
const path = line(200).regex(/^\/(?!\/)[^\s]*$/, 'must be a path on this site that starts with one "/"');
const webAddress = z.url({ protocol: /^https?$/, error: 'must be a full http:// or https:// address' });
const domain = line(253)
  .toLowerCase()
  .regex(
    /^(?=.{1,253}$)(localhost|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})$/,
    'must be a bare domain such as "example.dev", without https:// and without a path',
  );
const githubLogin = line(39).regex(
  /^[a-z\d](?:[a-z\d]|-(?=[a-z\d]))*$/i,
  'must be a GitHub login: letters, digits and single hyphens',
);
const image = line(200).regex(
  /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/,
  'must be an image name without tag or digest, such as "ghcr.io/you/homepage-backend"',
);
const fontStack = line(300).regex(/^[\w\s"',.-]+$/, 'may hold font names, quotes and commas only');

export const siteConfig = z.strictObject({
  domain: domain.describe('where the site lives'),
  name: line(80).describe('the name in the header'),
  title: line(120).optional().describe('the title of the home page; default: the name'),
  description: line(300).describe('one sentence for search engines and feeds'),
  language: language.default('en').describe('BCP 47 tag for words and dates'),
  timeZone: timeZone.default('UTC').describe('IANA time zone for dates'),
  owner: z.strictObject({
    name: line(80).describe('your name'),
    github: githubLogin.describe('your GitHub login; it decides who may sign in'),
    email: z.email('must be an e-mail address').optional(),
    bio: line(500).default('A developer.'),
    links: z
      .array(z.strictObject({ label: line(40), url: webAddress }))
      .max(12)
      .default([]),
  }),
  navigation: z
    .array(z.strictObject({ label: line(30), path }))
    .max(8)
    .default([
      { label: 'Posts', path: '/posts' },
      { label: 'Projects', path: '/projects' },
      { label: 'About', path: '/about' },
      { label: 'How this runs', path: '/platform' },
    ]),
  theme: z
    .strictObject({
      accentHue: z
        .number()
        .min(0)
        .max(360)
        .optional()
        .describe('OKLCH hue of the one accent colour, in degrees'),
      textFont: fontStack.optional(),
      headingFont: fontStack.optional(),
      codeFont: fontStack.optional(),
      mark: line(2000)
        .regex(/^[MmLlHhVvCcSsQqTtAaZz0-9\s,.+-]+$/, 'must be the "d" of one SVG path drawn in a 24 × 24 box')
        .optional(),
    })
    .default({}),
  postsPerPage: z.number().int().min(1).max(100).default(20),
  images: z
    .strictObject({ backend: image, frontend: image })
    .optional()
    .describe('container images of a fork'),
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
