import { removeSample } from '@homepage/site';
import { withSite, type OpenSite } from '../open-site.ts';
import type { Outcome } from '../outcome.ts';
import type { Shell } from '../shell.ts';
import { UsageProblem } from '../usage.ts';

export type RemoveOptions = { yes?: boolean };
type SampleEntry = { kind: string; slug: string; title: string };

export async function removeSampleContent(shell: Shell, { yes = false }: RemoveOptions): Promise<Outcome> {
  if (!yes && !shell.interactive) {
    throw new UsageProblem(
      'This removes content, and nobody is there to be asked.',
      'Run: homepage sample remove --yes',
    );
  }
  return withSite(shell, 'homepage sample remove', async (site) => {
    const entries = await sampleEntries(site);
    if (!yes && entries.length > 0 && !(await shell.ask(question(entries)))) {
      return { ok: true, json: { removed: 0, entries: [] }, text: 'Nothing was removed.' };
    }
    // Also when there is none: from now on a start brings none.
    const { removed } = await removeSample(site);
    const text = removed === 0 ? 'There is no sample content.' : `Removed ${removed} sample entries.`;
    return { ok: true, json: { removed, entries }, text };
  });
}

function sampleEntries({ db }: OpenSite): Promise<SampleEntry[]> {
  return db
    .selectFrom('entries')
    .select(['kind', 'slug', 'title'])
    .where('sample', '=', true)
    .orderBy('kind')
    .orderBy('slug')
    .execute();
}

function question(entries: SampleEntry[]): string {
  const lines = entries.map(({ kind, slug, title }) => `  ${kind.padEnd(7)}  ${slug}  ${title}`);
  return ['This sample content goes:', ...lines, 'Your own content stays. Remove it?'].join('\n');
}
