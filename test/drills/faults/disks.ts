/** Disks that are full. */
import { randomBytes } from 'node:crypto';
import { makeFolder } from '@homepage/testkit';
import type { Platform } from '@homepage/testkit/platform-shape';
import { drillOf } from './under-load.ts';

const MEGABYTE = 1_000_000;

export const disks = [
  drillOf({
    name: 'full-storage-disk',
    about: 'The disk of MinIO is full; room is made after a while.',
    smallDisk: 'minio',
    async make({ platform: { homepage }, disk, hold, over }) {
      disk.fill();
      const told = await imported('A picture', homepage, {
        'posts/pictured/index.md': '---\ntitle: Pictured\ndate: 2026-01-03\n---\n![A dot](dot.svg)\n',
        'posts/pictured/dot.svg': `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><desc>${'room '.repeat(MEGABYTE / 10)}</desc></svg>`,
      });
      await hold();
      over();
      disk.free();
      return told;
    },
  }),
  drillOf({
    name: 'full-database-disk',
    about:
      'The disk of PostgreSQL is full; room is made after a while, and it is started again if it gave up.',
    smallDisk: 'postgresql',
    async make({ platform: { postgresql, homepage }, disk, hold, over }) {
      disk.fill();
      // More than the room that the log has set aside for itself.
      const drafts = Array.from({ length: 60 }, (_, number) => [
        `posts/long-${number}.md`,
        `---\ntitle: Long ${number}\ndate: 2026-01-04\ndraft: true\n---\n${randomBytes(MEGABYTE).toString('base64')}\n`,
      ]);
      const told = await imported('60 MB of text', homepage, Object.fromEntries(drafts));
      await hold();
      over();
      disk.free();
      const gaveUp = !postgresql.service.running;
      if (gaveUp) await postgresql.service.start();
      return `${told} PostgreSQL ${gaveUp ? 'ended itself.' : 'went on.'}`;
    },
  }),
];

/** Imports content while there is no room. @returns what became of it, as a sentence */
async function imported(
  what: string,
  homepage: Platform['homepage'],
  files: Record<string, string>,
): Promise<string> {
  const content = makeFolder();
  try {
    content.write(files);
    const { code, stdout } = await homepage(['import', content.path, '--json']);
    const report = JSON.parse(stdout) as Report;
    const reason = report.files?.find(({ action }) => action === 'failed')?.reason ?? report.error?.message;
    if (code === 0) throw new Error(`${what} was taken: the disk was not full.`);
    return `${what} was refused: ${reason}`;
  } finally {
    content.remove();
  }
}

type Report = { files?: { action: string; reason: string | null }[]; error?: { message: string } };
