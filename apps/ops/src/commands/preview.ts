import { Keyring, ownSessionKeys, Problem, publicOrigin, suggest } from '@homepage/platform';
import { draftLink, entryUrl, findAnywhere, slugs, type EntryKind, type FoundEntry } from '@homepage/site';
import { withSite, type OpenSite } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem, wholeNumber } from '../usage.ts';

export type PreviewOptions = { days?: string; kind?: string };

const KINDS: EntryKind[] = ['post', 'page', 'project'];
const DAY_MS = 24 * 3600 * 1000;
const MOST_DAYS = 365;

/** @throws Problem ENTRY_NOT_FOUND, SESSION_KEY_MISSING */
export async function previewDraft(
  shell: Shell,
  slug: string,
  { days = '7', kind }: PreviewOptions,
): Promise<Outcome> {
  const length = wholeNumber('--days', days, MOST_DAYS, 'homepage preview') * DAY_MS;
  const wanted = KINDS.filter((one) => kind === undefined || one === kind);
  if (wanted.length === 0)
    throw new UsageProblem(
      `--kind must be one of ${KINDS.join(', ')}, not '${kind}'.`,
      'See: homepage preview --help',
    );
  const { domain } = await shell.config();
  const settings = shell.settings();
  const origin = publicOrigin(settings, domain);
  return withSite(shell, 'homepage preview', async ({ db }) => {
    const entry = await findOne(db, slug, wanted);
    if (entry.isPublic) {
      const url = origin + entryUrl(entry.kind, entry.slug);
      return { ok: true, json: { url, expiresAt: null }, text: `“${entry.title}” is public: ${url}` };
    }
    const embedded = settings.database === undefined;
    const keys = settings.sessionKeys ?? (embedded ? ownSessionKeys(settings.dataDir) : undefined);
    // Whole seconds: what is said here is what the link has inside.
    const expires = new Date(Math.floor((Date.now() + length) / 1000) * 1000);
    const url = origin + draftLink(new Keyring(keys), entry, expires);
    const expiresAt = expires.toISOString();
    const text = `${url}\nIt shows “${entry.title}” to whoever has it, until ${expiresAt}.`;
    return { ok: true, json: { url, expiresAt }, text };
  });
}

/** What is not public comes first: that is what links are made for. */
async function findOne(db: OpenSite['db'], slug: string, kinds: EntryKind[]): Promise<FoundEntry> {
  const found = (await findAnywhere(db, slug)).filter((entry) => kinds.includes(entry.kind));
  const hidden = found.filter((entry) => !entry.isPublic);
  const [entry, another] = hidden.length > 0 ? hidden : found;
  if (another)
    throw new UsageProblem(
      `A ${entry!.kind} and a ${another.kind} have the slug '${slug}'.`,
      `Add --kind ${entry!.kind} or --kind ${another.kind}.`,
    );
  if (entry) return entry;
  const near = suggest(slug, await slugs(db));
  throw new Problem('ENTRY_NOT_FOUND', `Nothing has the slug '${slug}'.`, {
    field: 'slug',
    fix: near
      ? `Did you mean '${near}'?`
      : 'A slug is the last part of an address; `homepage import` lists them.',
  });
}
