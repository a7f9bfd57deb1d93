/** Finished pages from memory, against plain Node sending the same bytes to everybody. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startSite } from '@homepage/testkit';
import { median, type Row } from './row.ts';

export async function documents(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'homepage-bench-'));
  const site = await startSite({ dataDir: join(folder, 'data') });
  try {
    return [
      await compare('a cached home page', `${site.address}/`),
      await compare('a cached post', site.address + (await newestPost(site.address))),
    ];
  } finally {
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  async function compare(what: string, url: string): Promise<Row> {
    const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    const peer = await startPeer(join(folder, 'body'), Buffer.from(await response.arrayBuffer()));
    // In turns, so that a noisy moment of the machine meets both.
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < 3; round++) {
      ours.push(await requestsPerSecond(url));
      theirs.push(await requestsPerSecond(peer.address));
    }
    peer.stop();
    const ratio = median(ours) / median(theirs);
    return {
      name: `${what} / node:http sending the same bytes, requests per second`,
      ours: median(ours),
      peer: median(theirs),
      ratio,
      goal: 0.6,
      ok: ratio >= 0.6,
    };
  }
}

/** The path of the newest post. */
export async function newestPost(address: string): Promise<string> {
  const { items } = (await (await fetch(`${address}/api/v1/posts`)).json()) as { items: { url: string }[] };
  return items[0]!.url;
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
async function startPeer(file: string, body: Buffer): Promise<{ address: string; stop(): void }> {
  writeFileSync(file, body);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'peer-node-http.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: line.toString().trim(), stop: () => void child.kill() };
}
