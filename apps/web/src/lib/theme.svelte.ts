export type ThemeChoice = 'system' | 'light' | 'dark';

const isChoice = (value: unknown): value is ThemeChoice =>
  value === 'system' || value === 'light' || value === 'dark';

/** The reader's choice of theme. app.html applies the stored one before the first paint. */
export class Theme {
  choice = $state<ThemeChoice>('system');

  /** takes over what app.html applied */
  adopt() {
    const applied = document.documentElement.dataset.theme;
    if (isChoice(applied)) this.choice = applied;
  }

  choose(choice: ThemeChoice) {
    this.choice = choice;
    document.documentElement.dataset.theme = choice;
    try {
      localStorage.setItem('theme', choice);
    } catch {
      // a browser that stores nothing keeps the choice for this page
    }
  }
}
