/** What the site does with data by itself; a page named privacy.md takes its place. */
export const privacyWords = [
  'This site sets no cookies on its public pages and asks no other site for anything: no fonts, no scripts, no pictures from elsewhere. So there is nothing to consent to.',
  'Nothing here follows you from page to page, and I keep no list of who read what.',
  'If you choose a light or dark theme, the choice stays in your own browser.',
];
