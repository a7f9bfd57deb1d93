/** What the browser adds to rendered Markdown; fetched only for a text that has something to add to. */
export function proseTools(root: HTMLElement) {
  if (root.querySelector('pre')) void import('./code-tools.ts').then(({ codeTools }) => codeTools(root));
  if (root.querySelector('figure img'))
    void import('./picture-tools.ts').then(({ pictureTools }) => pictureTools(root));
}
