import { sveltekit } from '@sveltejs/kit/vite';
import { checkSiteConfig } from '@homepage/platform/config';
import { defineConfig } from 'vite';
import homepage from '../../homepage.config.ts';
import { apiAdapter } from './build-support/adapter.ts';
import { appHtmlScripts, routeAnnouncerStyle } from './build-support/csp.ts';
import { themeStylesheet } from './build-support/theme.ts';

const site = checkSiteConfig(homepage);

/** src/lib, without what only some pages need, and what Vite adds to load a page. */
const sharedModules =
  /vite[\\/]preload-helper|[\\/]apps[\\/]web[\\/]src[\\/]lib[\\/](?!Empty|Pager|ProjectList|Text|typed-before|words[\\/](api|contact|errors|lists|preview|privacy|platform|search))/;

export default defineConfig(({ command }) => ({
  root: import.meta.dirname,
  define: { __SITE_MARK__: JSON.stringify(site.theme.mark ?? null) },
  // One self-contained server bundle; in development Vite resolves packages by itself.
  ssr: command === 'build' ? { noExternal: true } : {},
  // What every page needs in one file, runtime included: it compresses a tenth better than twenty small ones.
  build: {
    // what a page needs beside that file is its own style only
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: sharedModules }] } } },
  },
  plugins: [
    themeStylesheet(site.theme),
    sveltekit({
      adapter: apiAdapter(),
      // The same sources give the same bytes; a changed build has another name.
      version: { name: process.env.HOMEPAGE_BUILD_ID ?? 'development' },
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['none'],
          'script-src': ['self', ...appHtmlScripts(new URL('./src/app.html', import.meta.url))],
          'style-src': ['self'],
          'style-src-attr': ['unsafe-hashes', routeAnnouncerStyle()],
          'img-src': ['self'],
          'media-src': ['self'],
          'font-src': ['self'],
          'connect-src': ['self'],
          'manifest-src': ['self'],
          'form-action': ['self'],
          'base-uri': ['none'],
          'frame-ancestors': ['none'],
        },
      },
      paths: { relative: false },
      // A component's class stands in the page, its style and the script.
      compilerOptions: { cssHash: ({ hash, filename }) => `s-${hash(filename).slice(0, 4)}` },
      // Page and style in the first ten packets: the first paint waits for one round trip, not two.
      inlineStyleThreshold: Infinity,
    }),
  ],
}));
