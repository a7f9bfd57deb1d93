/** What the site does with data by itself; a page named privacy.md takes its place. */
export const privacyWords = [
  'This site sets no cookies on its public pages and asks no other site for anything: no fonts, no scripts, no pictures from elsewhere. So there is nothing to consent to.',
  'Nothing here follows you from page to page, and I keep no list of who read what.',
  'If you choose a light or dark theme, the choice stays in your own browser.',
];

/** Only while the form at /contact is there. */
export const privacyOfContact = (days: number) =>
  `If you write to me through the form, what you typed is stored on this site and deleted after ${days} days; a copy may go to my own mailbox. Nothing else about you is stored with it. To hold off floods, the running program remembers for ten minutes that somebody at your address wrote, in a scrambled form that it cannot turn back, and never writes it down.`;
