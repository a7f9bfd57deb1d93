/**
 * `npm run bench [-- --json]`: speed as ratios against a peer in the same run, and Lighthouse's
 * performance score. Exit 1 when a row misses its goal. Absolute numbers depend on the machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { startSite } from '@homepage/testkit';
import { ensureChromium, HOW_TO_GET_CHROMIUM } from '../../scripts/chromium.ts';
import { audit, launchChrome } from '../browser/lighthouse.ts';

type Row = {
  name: string;
  ours: number;
  peer: number | null;
  ratio: number | null;
  goal: number;
  ok: boolean;
};

if (process.argv.includes('--help')) {
  console.log(
    'npm run bench [-- --json]\nMeasures speed against peers in the same run. Exit 1 when a goal is missed.',
  );
  process.exit(0);
}
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'homepage-bench-'));
const rows: Row[] = [];

spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
const site = await startSite({ dataDir: join(folder, 'data') });
try {
  const { items } = (await (await fetch(`${site.address}/api/v1/posts`)).json()) as {
    items: { url: string }[];
  };
  const post = items[0]!.url;
  await measureDocument('cached home page / node:http sending the same bytes', '/');
  await measureDocument('cached post / node:http sending the same bytes', post);
  await measureLighthouse(['/', post, '/posts', '/platform']);
} finally {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }));
else printRows();
if (rows.some((row) => !row.ok)) process.exitCode = 1;

async function measureDocument(name: string, path: string): Promise<void> {
  const goal = 0.6;
  const response = await fetch(site.address + path, { headers: { 'accept-encoding': 'identity' } });
  const peer = await startPeer(Buffer.from(await response.arrayBuffer()));
  // In turns, so that a noisy moment of the machine meets both.
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round++) {
    ours.push(await requestsPerSecond(site.address + path));
    theirs.push(await requestsPerSecond(peer.address));
  }
  peer.stop();
  const ratio = median(ours) / median(theirs);
  rows.push({ name, ours: median(ours), peer: median(theirs), ratio, goal, ok: ratio >= goal });
}

async function requestsPerSecond(url: string): Promise<number> {
  console.error(`measuring ${url} …`);
  const result = await autocannon({
    url,
    connections: 50,
    duration: 5,
    headers: { 'accept-encoding': 'br' },
  });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${url}: ${result.errors + result.non2xx} requests failed`);
  return result.requests.average;
}

/** The fastest that plain Node can do: one compressed buffer for everybody. */
async function startPeer(body: Buffer): Promise<{ address: string; stop(): void }> {
  const file = join(folder, 'peer-body');
  writeFileSync(file, body);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'peer-node-http.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: line.toString().trim(), stop: () => void child.kill() };
}

async function measureLighthouse(paths: string[]): Promise<void> {
  const chromium = ensureChromium();
  if (!chromium) {
    console.error(`Lighthouse is left out: there is no Chromium. ${HOW_TO_GET_CHROMIUM}`);
    return;
  }
  process.env['CHROME_PATH'] = chromium;
  const chrome = await launchChrome();
  for (const path of paths) {
    console.error(`Lighthouse ${path} …`);
    const scores: number[] = [];
    for (let round = 0; round < 3; round++) {
      // A slow phone on a slow network, really slowed down: Lighthouse's model of it guesses what blocks a paint.
      const flags = { throttlingMethod: 'devtools' } as const;
      scores.push((await audit(site.address + path, chrome, ['performance'], flags)).performance ?? 0);
    }
    const score = median(scores);
    rows.push({
      name: `Lighthouse performance of ${path}`,
      ours: score,
      peer: null,
      ratio: null,
      goal: 100,
      ok: score >= 100,
    });
  }
  chrome.kill();
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function printRows(): void {
  for (const { name, ours, peer, ratio, goal, ok } of rows) {
    const measured =
      ratio === null
        ? `${ours}`
        : `${ratio.toFixed(2)} (${Math.round(ours)} / ${Math.round(peer!)} per second)`;
    console.log(`${ok ? '✓' : '✗'} ${name}: ${measured}, goal ${goal}`);
  }
}
