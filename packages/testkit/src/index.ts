export { makeEntry } from './entry.ts';
export { makeFolder, type TestFolder } from './folder.ts';
export { killAtMoments } from './kill-at-moments.ts';
export { runHomepage, startSite, type CommandResult, type RunningSite } from './running-site.ts';
export { openTestSite, type TestSite } from './site.ts';
export { fetchAs } from './fetch-as.ts';
