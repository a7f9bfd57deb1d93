/** Every word that `render` writes itself, so that a fork can translate. `{…}` is replaced. */
export type Labels = {
  note: string;
  tip: string;
  important: string;
  warning: string;
  caution: string;
  /** `{heading}`: the words of the heading */
  permalink: string;
  footnotes: string;
  /** `{number}`: the number of the footnote */
  footnote: string;
  /** `{number}`: the number of the footnote, `2-3` for its third mention */
  backToReference: string;
  /** `{number}`: the table's place in the text */
  table: string;
};

export const ENGLISH: Labels = {
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
  permalink: 'Permalink: {heading}',
  footnotes: 'Footnotes',
  footnote: 'Footnote {number}',
  backToReference: 'Back to reference {number}',
  table: 'Table {number}',
};
