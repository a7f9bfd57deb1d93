/** A page without style and script, for requests that cannot reach the web app. */
const texts: Record<number, [title: string, text: string]> = {
  400: [
    'This address cannot be read',
    'It has a broken percent sign or a character that addresses cannot have.',
  ],
  403: [
    'This came from another site',
    'Nothing was stored. Go back, copy what you wrote, and send it from the contact page of this site.',
  ],
  413: ['This is too much', 'Nothing was stored. Go back, and send at most 10,000 characters.'],
  414: ['This address is too long', 'Addresses here are shorter than 2,000 characters.'],
  503: [
    'Too many visitors at this moment',
    'Try again in a few seconds. Pages that others have just read are answered meanwhile.',
  ],
};

export function plainErrorPage(status: 400 | 403 | 413 | 414 | 503): string {
  const [title, text] = texts[status]!;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body><h1>${title}</h1><p>${text}</p><p><a href="/">Go to the first page</a></p></body>
</html>
`;
}
