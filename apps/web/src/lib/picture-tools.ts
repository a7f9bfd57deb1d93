import { words } from './words/site.ts';

/** A press on a picture that is shown smaller than it is opens it large; Escape or another press closes it. */
export function pictureTools(root: HTMLElement) {
  for (const image of root.querySelectorAll<HTMLImageElement>('figure img')) {
    if (image.closest('a')) continue;
    const picture = image.closest('picture') ?? image;
    const open = document.createElement('button');
    open.type = 'button';
    open.className = 'enlarge';
    open.setAttribute('aria-label', `${words.enlarge}: ${image.alt}`);
    open.addEventListener('click', () => enlarge(picture.cloneNode(true) as HTMLElement, image.alt));
    picture.replaceWith(open);
    open.append(picture);
  }
}

function enlarge(picture: HTMLElement, name: string) {
  // As wide as the window now, so maybe another copy.
  for (const source of picture.querySelectorAll('source')) source.sizes = '100vw';
  const dialog = document.createElement('dialog');
  dialog.className = 'enlarged';
  dialog.setAttribute('aria-label', name || words.enlarge);
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = words.close;
  dialog.append(picture, close);
  dialog.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
