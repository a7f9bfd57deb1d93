import type { SiteConfig } from '@homepage/platform/config';
import type { Plugin } from 'vite';

const ID = 'virtual:theme.css';

/** Gives `import 'virtual:theme.css'` the custom properties that homepage.config.ts sets. */
export function themeStylesheet(theme: SiteConfig['theme']): Plugin {
  return {
    name: 'homepage-theme',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? css(theme) : undefined),
  };
}

function css(theme: SiteConfig['theme']): string {
  const properties = {
    '--accent-hue': theme.accentHue,
    '--font-text': theme.textFont,
    '--font-heading': theme.headingFont,
    '--font-code': theme.codeFont,
  };
  const set = Object.entries(properties).filter(([, value]) => value !== undefined);
  if (set.length === 0) return '';
  return `:root{${set.map(([name, value]) => `${name}:${value}`).join(';')}}`;
}
