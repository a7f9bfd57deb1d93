/** How long it takes to bring a whole blog along. */
import { startPlatform } from '@homepage/testkit/platform-shape';
import { makeOwnFolder } from '@homepage/testkit/services';
import { writePosts } from './posts.ts';
import { measured, type Bench } from './row.ts';

const POSTS = 2_000;

export const importing: Bench = {
  how: `\`homepage import\` of ${POSTS} posts with two tags each into an empty site on PostgreSQL over mutual TLS, from the start of the command to its end: read, rendered, saved with a revision. Nothing is compared.`,
  programs: ['postgresql', 'valkey', 'minio', 'nginx'],
  async run() {
    const platform = await startPlatform({
      replicas: 1,
      sample: false,
      onProgress: (what) => console.error(`starting ${what} …`),
    });
    const folder = makeOwnFolder('bench');
    try {
      const content = writePosts(folder.path, POSTS);
      console.error(`importing ${POSTS} posts …`);
      const begin = performance.now();
      const { code, stdout, stderr } = await platform.homepage(['import', content, '--json']);
      const seconds = (performance.now() - begin) / 1000;
      const { created } = JSON.parse(stdout) as { created: number };
      if (code !== 0 || created !== POSTS)
        throw new Error(`${created} were imported, code ${code}:\n${stderr}`);
      return [measured({ name: `import of ${POSTS} posts`, unit: 's' }, seconds)];
    } finally {
      await platform.stop();
      folder.remove();
    }
  },
};
