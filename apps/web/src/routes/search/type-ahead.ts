import type { Attachment } from 'svelte/attachments';

const PAUSE_MS = 150;

/**
 * Asks while somebody types, and lets arrow keys go through what was found: down from the field to the first, up from
 * the first back to the field; Escape leads back too.
 * @param typed told of every change
 */
export const typeAhead =
  (typed: (text: string) => void): Attachment<HTMLElement> =>
  (root) => {
    const form = root.querySelector('form')!;
    const field = root.querySelector<HTMLInputElement>('input[type=search]')!;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const later = () => {
      typed(field.value);
      clearTimeout(timer);
      // Kit answers a form that only asks as it answers a link: the last one counts.
      timer = setTimeout(() => form.requestSubmit(), PAUSE_MS);
    };
    const key = (event: KeyboardEvent) => {
      const places = [field, ...root.querySelectorAll<HTMLElement>('ol a')];
      const here = places.indexOf(document.activeElement as HTMLElement);
      const step = { ArrowDown: 1, ArrowUp: -1, Escape: -here }[event.key];
      if (here < 0 || !step) return;
      event.preventDefault();
      places[here + step]?.focus();
    };

    field.addEventListener('input', later);
    root.addEventListener('keydown', key);
    return () => {
      clearTimeout(timer);
      field.removeEventListener('input', later);
      root.removeEventListener('keydown', key);
    };
  };
