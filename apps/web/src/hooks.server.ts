import type { Handle } from '@sveltejs/kit/hooks';

/** Sets the document's language from the configuration. */
export const handle: Handle = async ({ event, resolve }) => {
  const site = await event.platform?.data.site();
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%lang%', site?.language ?? 'en'),
  });
};
