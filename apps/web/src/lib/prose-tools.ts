import { codeTools } from './code-tools.ts';
import { pictureTools } from './picture-tools.ts';

/** What the browser adds to rendered Markdown. */
export function proseTools(root: HTMLElement) {
  codeTools(root);
  pictureTools(root);
}
