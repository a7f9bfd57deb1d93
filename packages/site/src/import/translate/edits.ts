/** Changing a text in places, so that every line keeps its number. */

export type Found = { /** 1 is the first line of the body */ line: number; reason: string };
export type Translated = { body: string; found: Found[] };
export type Edit = { start: number; end: number; text: string };

/** Edits may not overlap. What takes fewer lines than before leaves empty ones behind it. */
export function applyEdits(body: string, edits: Edit[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    const missing = lineBreaks(body.slice(start, end)) - lineBreaks(text);
    result += body.slice(done, start) + text + '\n'.repeat(Math.max(0, missing));
    done = end;
  }
  return result + body.slice(done);
}

const lineBreaks = (text: string): number => text.split('\n').length - 1;

export const lineAt = (body: string, offset: number): number => lineBreaks(body.slice(0, offset)) + 1;

/** Something that cannot be shown here, as code: visible and harmless. */
export function placeholder(source: string): string {
  const text = source.replaceAll(/\s+/g, ' ').trim();
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  const ticks = '`'.repeat(Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return ticks.length > 1 ? `${ticks} ${short} ${ticks}` : `\`${short}\``;
}

/** A picture with an optional caption. */
export function picture(src: string, alt = '', caption = ''): string {
  const words = alt.replaceAll(/[[\]]/g, '\\$&').replaceAll('\n', ' ');
  const address = /[\s()<>]/.test(src) ? `<${src.replaceAll(/[<>\n]/g, '')}>` : src;
  const title = caption.replaceAll(/\s+/g, ' ').replaceAll('"', '\\"').trim();
  return `![${words}](${address}${title && ` "${title}"`})`;
}

/** A film or a post of elsewhere, as a plain link: nothing is loaded from there. */
export function embed(name: string, id: string): string | undefined {
  const address = embeds[name.toLowerCase()]?.(id);
  return address && `[${address.title}](${address.url})`;
}

const video = (id: string) => ({
  title: 'Video on YouTube',
  url: /^https?:/.test(id) ? id : `https://www.youtube.com/watch?v=${encodeURIComponent(id)}`,
});
const vimeo = (id: string) => ({
  title: 'Video on Vimeo',
  url: `https://vimeo.com/${encodeURIComponent(id)}`,
});
const gist = (id: string) => ({
  title: 'Code on GitHub',
  url: `https://gist.github.com/${id
    .split(/[\s/]+/)
    .map(encodeURIComponent)
    .join('/')}`,
});
const embeds: Record<string, (id: string) => { title: string; url: string }> = {
  youtube: video,
  youtubeembed: video,
  liteyoutube: video,
  vimeo,
  gist,
};

/** Ranges of fenced and inline code. */
export function codeRanges(body: string): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  const fences = /^ {0,3}(`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}\1)[^\n]*)*(?:\n {0,3}\1[^\n]*|$)/gm;
  for (const { 0: all, index } of body.matchAll(fences)) ranges.push([index, index + all.length]);
  for (const { 0: all, index } of body.matchAll(/(?<!`)(`+)(?!`)(?:(?!\n\s*\n)[^])*?(?<!`)\1(?!`)/g)) {
    if (!isInside(ranges, index)) ranges.push([index, index + all.length]);
  }
  return ranges;
}

export const isInside = (ranges: [number, number][], offset: number): boolean =>
  ranges.some(([start, end]) => offset >= start && offset < end);

/** name="value", name=value and values alone (under "0", "1" …). */
export function readParameters(text: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  let position = 0;
  for (const match of text.matchAll(
    /(?:([\w-]+)\s*=\s*)?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`([^`]*)`|([^\s"'=]+))/g,
  )) {
    const [, name, double, single, raw, bare] = match;
    const value = double ?? single ?? raw ?? bare ?? '';
    parameters[name ?? String(position++)] = value.replaceAll(/\\(["'\\])/g, '$1');
  }
  return parameters;
}
