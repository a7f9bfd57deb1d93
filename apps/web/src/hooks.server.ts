import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';

/** Sets the document's language from the configuration. */
export const handle: Handle = async ({ event, resolve }) => {
  const site = await event.platform?.data.site();
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%lang%', site?.language ?? 'en'),
  });
};

/** Only what nobody expected is logged; a 404 is no news. The visitor sees the error page without details. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind === 'unknown') event.platform?.report(error, event.url.pathname);
};
