import { words } from './words/site.ts';

/** A press on a picture that is shown smaller than it is opens it large; Escape or another press closes it. */
export function pictureTools(root: HTMLElement) {
  for (const picture of root.querySelectorAll<HTMLImageElement>('figure img')) {
    if (picture.closest('a')) continue;
    const open = document.createElement('button');
    open.type = 'button';
    open.className = 'enlarge';
    open.setAttribute('aria-label', `${words.enlarge}: ${picture.alt}`);
    open.addEventListener('click', () => enlarge(picture));
    picture.replaceWith(open);
    open.append(picture);
  }
}

function enlarge(picture: HTMLImageElement) {
  const dialog = document.createElement('dialog');
  dialog.className = 'enlarged';
  dialog.setAttribute('aria-label', picture.alt || words.enlarge);
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = words.close;
  dialog.append(picture.cloneNode(), close);
  dialog.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
