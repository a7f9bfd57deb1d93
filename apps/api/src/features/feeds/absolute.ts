/**
 * A post's HTML as it can be read anywhere: addresses with the site's origin, and nothing that needs its style.
 * The HTML is our renderer's: attributes stand in double quotes, and text holds no "<".
 * @param origin without a slash at its end
 * @param page path of the post, for links inside of it
 */
export function absoluteHtml(html: string, origin: string, page: string): string {
  return html
    .replaceAll(/(\s(?:href|src|poster)=")(\/(?!\/)|#)/g, (_all, start: string, first: string) =>
      first === '#' ? `${start}${origin}${page}#` : `${start}${origin}/`,
    )
    .replaceAll(/(\ssrcset=")([^"]*)"/g, (_all, start: string, list: string) => {
      const absolute = list.replaceAll(/(^|,\s*)\/(?!\/)/g, `$1${origin}/`);
      return `${start}${absolute}"`;
    });
}
