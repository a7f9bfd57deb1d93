/**
 * A name as it stands in an address: lower case, letters and digits of any script, single hyphens.
 * "C++" and "C#" stay apart from "C". Empty when nothing is left.
 */
export function slugify(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('++', '-plus-plus')
    .replaceAll('#', '-sharp')
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 120)
    .replace(/-+$/, '');
}
