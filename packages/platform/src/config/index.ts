export { defineSite, siteConfig, type SiteConfig, type SiteConfigInput } from './schema.ts';
export { hexColour } from './colour.ts';
export { checkSiteConfig, loadSiteConfig } from './load.ts';
