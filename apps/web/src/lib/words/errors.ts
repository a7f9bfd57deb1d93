export const errorWords = {
  missing: {
    title: 'There is no page here',
    text: 'The address may be mistyped, or the page never existed. Nothing is broken.',
  },
  gone: {
    title: 'This page is gone',
    text: (title: string) => `“${title}” was here. I removed it on purpose.`,
    since: 'Removed',
    reason: 'Reason',
  },
  failed: {
    title: 'Something went wrong here',
    text: 'The mistake is mine, not yours. Nothing you sent or read is lost. Loading the page again often helps.',
    again: 'Load it again',
  },
  wayOn: 'Where to go next',
} as const;
