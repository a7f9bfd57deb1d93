import { onNavigate } from '$app/navigation';

const titles = '[data-title]';

/** Moves the title between a list and its page; only a fade where one of them has no title. */
export function moveTitles() {
  onNavigate(({ from, to, complete }) => {
    if (!document.startViewTransition || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    if (from?.url.pathname === to?.url.pathname) return;
    return new Promise((ready) => {
      name(to?.url.pathname);
      document.startViewTransition(async () => {
        ready();
        await complete;
        name(from?.url.pathname);
      });
    });
  });
}

/** Gives the name "title" to the link to `path`, or else to the page's own title, and takes it from all others. */
function name(path: string | undefined) {
  const all = [...document.querySelectorAll<HTMLElement>(titles)];
  const link = all.find((each) => each instanceof HTMLAnchorElement && each.pathname === path);
  const chosen = link ?? all.find((each) => !(each instanceof HTMLAnchorElement));
  for (const each of all) each.style.viewTransitionName = each === chosen ? 'title' : '';
}
