/** What the site does with data by itself; a page named privacy.md takes its place. */
export const privacyWords = [
  'This site sets no cookies on its public pages and asks no other site for anything: no fonts, no scripts, no pictures from elsewhere. So there is nothing to consent to.',
  'I count how often a page is read. The count is made with a hash that changes every day and cannot be turned back into a person; your address is not stored.',
  'If you choose a light or dark theme, the choice stays in your own browser.',
];
