import type { Element } from 'hast';
import type { Labels } from './labels.ts';
import type { Slots } from './slots.ts';

export type Picture = {
  src: string;
  width?: number;
  height?: number;
  /** copies by content type, best first; `sizes` says how wide the picture is shown */
  sources?: { type: string; srcset: string }[];
  sizes?: string;
};

export type RenderOptions = {
  /** Called for every image (Markdown or raw HTML) that passed the sanitiser; return a replacement, or undefined to keep it. */
  picture?: (url: string, at: { line: number }) => Picture | undefined;
  /** Called for every link that passed the sanitiser; return the new address, or undefined to keep it. */
  link?: (url: string, at: { line: number }) => string | undefined;
  /** words used in the output, so that a fork can translate; English where missing */
  labels?: Partial<Labels>;
  /** ids that the surrounding page uses itself: a heading never takes one */
  reservedIds?: readonly string[];
};

/** `depth` as rendered (2 to 6), `text` without markup. */
export type Heading = { id: string; text: string; depth: number };

/** A link or image as written; `line` counts from 1 in the Markdown, 0 when unknown. */
export type Address = { url: string; line: number };

/** One rendering: what was asked, and what the steps of the pipeline find out. */
export type Page = {
  options: RenderOptions;
  labels: Labels;
  slots: Slots;
  headings: Heading[];
  links: Address[];
  images: Address[];
  /** of those images that have copies */
  sources: Map<Element, Picture>;
  text: string;
  excerpt: string;
  words: number;
};
