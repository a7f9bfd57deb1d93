/** The words of /contact. The server sends them with the page's data; {} is filled in by the page. */
export const contactWords = {
  title: 'Contact',
  description: 'Write to me: the form, and what happens with what you write.',
  lead: 'Write to me here. It comes to me alone, and I read all of it.',
  fields: {
    name: {
      label: 'Your name',
      refused: 'I need a name to call you by, in one line of at most 100 characters.',
    },
    email: {
      label: 'Your e-mail address',
      hint: 'Only if you want an answer.',
      refused: 'This is no e-mail address that I could answer to. Correct it, or leave it empty.',
    },
    message: {
      label: 'Your message',
      hint: 'Plain text, at most 10,000 characters.',
      refused: 'The message is empty, or longer than 10,000 characters.',
    },
    trap: 'Leave this empty',
  },
  send: 'Send the message',
  sending: 'Sending …',
  failures: {
    fields: 'Not sent yet. Something is missing or wrong, see below.',
    tooMany:
      'Not sent: more messages came than a person writes. Your words are still here; send them again in some minutes.',
    offline: 'Not sent: the site could not be reached. Your words are still here; send them again.',
    other: 'Not sent: something failed on my side. Your words are still here; send them again in a moment.',
  },
  kept: 'What you typed is stored on this site for {} days at most, and then deleted. Nothing else about you is kept: no address of your computer, no cookie.',
  keptMore: 'More about privacy',
  sent: {
    title: 'Thank you',
    text: 'Your message is stored, and it will be read. If you left an address, I can answer.',
    back: 'Back to the first page',
  },
};
