import { words } from './words/site.ts';

/** Gives every code block a copy button, and a wrap toggle where a line is too long. */
export function codeTools(root: HTMLElement) {
  for (const pre of root.querySelectorAll('pre')) {
    const bar = document.createElement('div');
    bar.className = 'code-tools unprinted';
    if (pre.scrollWidth > pre.clientWidth) bar.append(wrapToggle(pre));
    bar.append(copyButton(pre));
    pre.before(bar);
  }
}

function button(text: string, press: (self: HTMLButtonElement) => void) {
  const self = document.createElement('button');
  self.type = 'button';
  self.textContent = text;
  self.addEventListener('click', () => press(self));
  return self;
}

function copyButton(pre: HTMLElement) {
  return button(words.copy, async (self) => {
    self.textContent = await navigator.clipboard.writeText(copyable(pre)).then(
      () => words.copied,
      () => words.notCopied,
    );
    setTimeout(() => (self.textContent = words.copy), 2000);
  });
}

/** The code as it is after the change: removed lines stay behind. */
function copyable(pre: HTMLElement) {
  const lines = [...pre.querySelectorAll('.line:not(.removed)')];
  return lines.length ? lines.map((line) => line.textContent).join('\n') : pre.textContent;
}

function wrapToggle(pre: HTMLElement) {
  const self = button(words.wrap, () =>
    self.setAttribute('aria-pressed', String(pre.classList.toggle('wrapped'))),
  );
  self.setAttribute('aria-pressed', 'false');
  return self;
}
