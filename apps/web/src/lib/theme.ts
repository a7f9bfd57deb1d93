/** Shows and keeps the reader's choice of theme. app.html applies the stored one before the first paint. */
export function themeChoice(root: HTMLElement) {
  const page = document.documentElement;
  const applied = root.querySelector<HTMLInputElement>(`[value="${page.dataset.theme}"]`);
  if (applied) applied.checked = true;

  root.addEventListener('change', ({ target }) => {
    const { value } = target as HTMLInputElement;
    page.dataset.theme = value;
    try {
      localStorage.setItem('theme', value);
    } catch {
      // a browser that stores nothing keeps the choice for this visit
    }
  });
}
