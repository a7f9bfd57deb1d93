export { migrate, migrateTo, migrations, pendingMigrations } from './database/migrate.ts';
export { requireSchema } from './database/schema.ts';
export { requireRights, type Rights } from './database/rights.ts';
export type { EntryKind, EntryStatus, Tables } from './database/tables.ts';
export { once } from './once.ts';
export { bumpContentVersion, contentVersion } from './content-version.ts';
export { findElsewhere, listRedirects, replaceRedirects, type RedirectMap } from './redirects/redirects.ts';
export { entryUrl, postUrl, projectUrl } from './entries/url.ts';
export { saveEntry, type EntryInput, type EntryMedia, type SaveResult } from './entries/save.ts';
export { removeEntry } from './entries/remove.ts';
export { rerenderStale } from './entries/rerender.ts';
export { draftLink, findAnywhere, slugs, type FoundEntry } from './drafts/drafts.ts';
export { siteData } from './site-data.ts';
export { findMedia, mediaStatus, type MediaFile } from './media/media.ts';
export { mediaKey, mediaUrl } from './media/resolve.ts';
export { makeVariant, variantKey, variantWidths, type Format } from './media/variants.ts';
export { feedContent, type FeedContent, type FeedPost } from './discovery/feed.ts';
export { sitemapEntries, type SitemapEntry } from './discovery/sitemap.ts';
export { listMessages, removeMessage, storeMessage, type StoredMessage } from './contact/messages.ts';
export { Outbox } from './contact/outbox.ts';
export { prepareFonts } from './preview/fonts.ts';
export { Previews } from './preview/previews.ts';
export { indexEntries } from './search/index-entries.ts';
export { keepIndexed } from './search/keep-indexed.ts';
export { MAX_QUERY } from './search/query.ts';
export { MOST_HITS, search } from './search/search.ts';
export { slugify } from './slug.ts';
export { findPage, listPages } from './pages/pages.ts';
export { findPost, findPreview, newestPosts } from './posts/posts.ts';
export { selectPosts, summaries } from './posts/summaries.ts';
export { findProject, listProjects } from './projects/projects.ts';
export { listTags } from './tags/tags.ts';
export { prepareTemplate, templateFolder } from './database/template.ts';
export { exportFolder, importFolder } from './later.ts';
export type { ImportOptions } from './import/import-folder.ts';
export type { ToRemove } from './import/prune.ts';
export {
  ImportStopped,
  type FileAction,
  type FileReport,
  type ImportProgress,
  type ImportReport,
} from './import/report.ts';
export type { ExportOptions, ExportReport } from './export/export-folder.ts';
export { removeSample, seedSample, type SampleOptions } from './sample/sample.ts';
