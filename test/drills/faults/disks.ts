/** Disks that are full. */
import { makeFolder } from '@homepage/testkit';
import type { Platform } from '@homepage/testkit/platform-shape';
import { drillOf } from './under-load.ts';

export const disks = [
  drillOf({
    name: 'full-storage-disk',
    about: 'The disk of MinIO is full; room is made after a while.',
    smallDisk: 'minio',
    async make({ platform, disk, hold }) {
      disk.fill();
      const told = await upload(platform);
      await hold();
      disk.free();
      return told;
    },
  }),
  drillOf({
    name: 'full-database-disk',
    about:
      'The disk of PostgreSQL is full; room is made after a while, and it is started again if it gave up.',
    smallDisk: 'postgresql',
    async make({ platform: { postgresql }, disk, hold }) {
      disk.fill();
      await hold();
      disk.free();
      const gaveUp = !postgresql.service.running;
      if (gaveUp) await postgresql.service.start();
      return gaveUp ? 'PostgreSQL ended itself.' : 'PostgreSQL went on.';
    },
  }),
];

/** Imports a post with a picture. @returns what became of it, as a sentence */
async function upload({ homepage }: Platform): Promise<string> {
  const content = makeFolder();
  try {
    content.write({
      'posts/pictured/index.md': '---\ntitle: Pictured\ndate: 2026-01-03\n---\n![A dot](dot.svg)\n',
      'posts/pictured/dot.svg': `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><desc>${'room '.repeat(100_000)}</desc></svg>`,
    });
    const { code, stdout } = await homepage(['import', content.path, '--json']);
    const [file] = (
      JSON.parse(stdout) as { files: { action: string; reason: string | null }[] }
    ).files.filter(({ action }) => action === 'failed');
    return code === 0
      ? 'A picture was taken all the same.'
      : `A picture was refused: ${file?.reason ?? stdout}`;
  } finally {
    content.remove();
  }
}
