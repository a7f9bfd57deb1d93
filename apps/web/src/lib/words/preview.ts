/** Links to drafts. */
export const previewWords = {
  draft: 'A draft, shown to whoever has this link until',
  scheduled: 'Scheduled, and shown to whoever has this link until',
  notPublic: 'Not public.',
  ended: {
    title: 'This link has ended',
    text: 'Links to drafts end after some days. Whoever sent you this one can make another.',
  },
} as const;
