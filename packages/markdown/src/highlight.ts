import type { HighlighterCore, ThemeRegistration } from 'shiki/core';
import type { BundledLanguage } from 'shiki/langs';
import { CODE_CLASSES, PLAIN_SCOPES } from './code-classes.ts';

/** A run of characters with one colour; `className` is a key of CODE_CLASSES, empty for the colour of the text. */
export type Run = { text: string; className: string };

/** Longer lines are minified code: shown in one colour. */
const LONGEST_LINE = 2000;
const THEME = 'classes';
const PLAIN = '#000000';

/**
 * Shiki carries a colour to every token and nothing else, so the theme gives each class a colour of its own:
 * `#000001` stands for the first class, and so on. No colour leaves this file.
 */
const classNames = Object.keys(CODE_CLASSES);
const colourOf = (className: string) =>
  `#${(classNames.indexOf(className) + 1).toString(16).padStart(6, '0')}`;
const classOf = new Map(classNames.map((className) => [colourOf(className).toUpperCase(), className]));

const theme: ThemeRegistration = {
  name: THEME,
  type: 'light',
  fg: PLAIN,
  bg: PLAIN,
  settings: [
    { settings: { foreground: PLAIN } },
    { scope: PLAIN_SCOPES, settings: { foreground: PLAIN } },
    ...Object.entries(CODE_CLASSES).map(([className, { scopes }]) => ({
      scope: scopes,
      settings: { foreground: colourOf(className) },
    })),
  ],
};

/**
 * Colours code line by line.
 * @returns undefined for a language without a grammar
 */
export async function highlight(code: string, language: string): Promise<Run[][] | undefined> {
  const lang = language.toLowerCase();
  const { bundledLanguages } = await import('shiki/langs');
  if (!Object.hasOwn(bundledLanguages, lang)) return undefined;
  const shiki = await highlighterFor(lang as BundledLanguage);
  const lines = shiki.codeToTokensBase(code, {
    lang,
    theme: THEME,
    tokenizeMaxLineLength: LONGEST_LINE,
    // A limit in time would leave lines half coloured on a busy machine, and the same text must give the same HTML.
    tokenizeTimeLimit: 0,
  });
  return lines.map((tokens) =>
    joinRuns(
      tokens.map(({ content, color }) => ({
        text: content,
        className: classOf.get(color?.toUpperCase() ?? '') ?? '',
      })),
    ),
  );
}

/**
 * One highlighter a language. In a shared one a grammar that embeds others (Markdown, HTML in Markdown) would colour
 * them only when a text before happened to load them, and the same text must give the same HTML.
 */
const highlighters = new Map<string, Promise<HighlighterCore>>();

function highlighterFor(lang: BundledLanguage): Promise<HighlighterCore> {
  const started = highlighters.get(lang) ?? startHighlighter(lang);
  highlighters.set(lang, started);
  return started;
}

async function startHighlighter(lang: BundledLanguage): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }, { bundledLanguages }] =
    await Promise.all([import('shiki/core'), import('shiki/engine/javascript'), import('shiki/langs')]);
  // Forgiving: a pattern that JavaScript cannot express is left out instead of failing the whole grammar.
  return createHighlighterCore({
    themes: [theme],
    langs: [bundledLanguages[lang]],
    // Shiki warns of more than ten instances, which are meant here.
    warnings: false,
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}

/** Neighbours of one class become one run; space takes the class of the run before it. */
function joinRuns(runs: Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && (last.className === run.className || run.text.trim() === '')) last.text += run.text;
    else joined.push({ ...run });
  }
  return joined;
}
