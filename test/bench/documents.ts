/** Pages that nginx keeps, with the whole configuration of deploy, against the same nginx with files of the same bytes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSite } from '@homepage/testkit';
import { startNginx } from '@homepage/testkit/services';
import { request } from 'undici';
import { pin } from './cores.ts';
import { inTurns } from './load.ts';
import { startPeerNginx } from './peer-nginx.ts';
import { newestPost } from './posts.ts';
import { compared, type Bench, type Row } from './row.ts';

const repository = resolve(import.meta.dirname, '../..');
const WHY =
  'a kept page is logged, counted against its visitor, and answered with what the API said of it, which nginx reads anew from its file each time; a bare file has nothing of that.';
const HEADERS = { 'accept-encoding': 'br' };

export const documents: Bench = {
  how: 'nginx with the files of deploy/images/frontend answers from its cache; the peer is the same binary with `sendfile`, `brotli_static` and nothing else, with a file of the very same bytes, once with the same access log as ours and once without any.',
  programs: ['nginx', 'wrk'],
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'homepage-bench-'));
    const site = await startSite({ dataDir: join(folder, 'data') });
    pin(site.process.pid, 1);
    const nginx = await startNginx({
      upstreams: [site.address],
      webBuild: join(repository, 'apps/web/build'),
      logInPieces: true,
    });
    pin(nginx.service.pid);
    try {
      const pages = { 'the home page': '/', 'a post': await newestPost(site.address) };
      const rows: Row[] = [];
      for (const [which, log] of Object.entries({
        'with the same log': ourLog(),
        'without a log': 'access_log off;',
      })) {
        for (const [what, path] of Object.entries(pages)) {
          const url = nginx.address + path;
          const { body } = await request(url, { headers: HEADERS });
          const peer = await startPeerNginx({ 'page.html': Buffer.from(await body.arrayBuffer()) }, log);
          const turns = await inTurns(url, `${peer.address}/page.html`, HEADERS);
          await peer.stop();
          const name = `${what} kept by nginx / a file from nginx ${which}`;
          rows.push(compared({ name, unit: 'requests/s', why: WHY }, turns, { least: 0.9 }));
        }
      }
      return rows;
    } finally {
      await nginx.remove();
      await site.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** As deploy has it, with what it needs of its variables: a file, like a kept page, is logged without a number. */
function ourLog(): string {
  const text = readFileSync(join(repository, 'deploy/images/frontend/nginx.conf'), 'utf8');
  const [format] = /log_format json[^;]*;/.exec(text) ?? [];
  const [log] = /^ *access_log \/dev\/stdout[^;]*;/m.exec(text) ?? [];
  const paths = text.match(/map \$\w+ \$(path|told_path|logged_path) \{[^]*?\n {2}\}/g) ?? [];
  return ['map "" $asked_id { default ""; }', ...paths, format, log].join('\n');
}
