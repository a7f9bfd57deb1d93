/** The session key changes while visitors read: links signed with the one before go on, and nobody notices. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Keyring } from '@homepage/platform';
import { startPlatform, type Platform } from '@homepage/testkit/platform-shape';
import { missing } from '@homepage/testkit/programs';

const newKey = (): string => randomBytes(32).toString('base64');
/** Whether a token was signed with this key. */
const signedWith = (key: string, url: string): boolean =>
  new Keyring({ current: Buffer.from(key, 'base64'), previous: undefined }).verify(
    'preview',
    url.split('/preview/')[1]!,
  ) !== undefined;

describe.skipIf(missing('postgresql', 'valkey', 'minio', 'nginx'))('the session key', () => {
  let platform: Platform;
  let content: string;
  let first: string;
  beforeAll(async () => {
    platform = await startPlatform();
    content = mkdtempSync(join(tmpdir(), 'homepage-drafts-'));
    writeFileSync(join(content, 'secret-plan.md'), '---\ntitle: Secret plan\ndraft: true\n---\n\nHush.\n');
    const { code, stderr } = await platform.homepage(['import', content]);
    if (code !== 0) throw new Error(stderr);
    first = await makeLink();
  });
  afterAll(async () => {
    await platform?.stop();
    rmSync(content, { recursive: true, force: true });
  });

  async function makeLink(): Promise<string> {
    const { code, stdout, stderr } = await platform.homepage(['preview', 'secret-plan', '--json']);
    if (code !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { url: string }).url;
  }
  /** What each replica answers, and nginx in front of them. */
  const statuses = (url: string): Promise<number[]> =>
    Promise.all(
      [platform.address, ...platform.replicas.map(({ address }) => address)].map(
        async (address) => (await platform.fetch(address + new URL(url).pathname)).status,
      ),
    );
  /** of each replica */
  const counts = (metric: string, part: string): Promise<number[]> =>
    Promise.all(
      platform.replicas.map(async ({ opsAddress }) => {
        const text = await (await platform.fetch(`${opsAddress}/metrics`)).text();
        return Number(new RegExp(`^${metric}\\{part="${part}"\\} (\\d+)`, 'm').exec(text)![1]);
      }),
    );
  const refusals = (): number[] =>
    platform.replicas.map(({ output }) => output().match(/were not taken over/g)?.length ?? 0);

  test('who has none is told so', async () => {
    const { code, stdout } = await platform.homepage(['preview', 'secret-plan', '--json'], 'migrate');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'SESSION_KEY_MISSING' } }]);
  });

  test('a new one is taken over without a failed request; links of the one before go on, and end with the next', async () => {
    expect(first).toMatch(new RegExp(`^${platform.address}/preview/1[A-Za-z0-9_-]{40,60}$`));
    expect(await statuses(first)).toEqual([200, 200, 200]);
    const [old = ''] = (await platform.rotate())['session-key']!.split('\n');
    expect(signedWith(old, first)).toBe(true);

    let reading = true;
    let asked = 0;
    const failed: unknown[] = [];
    const read = async (): Promise<void> => {
      while (reading) {
        // What goes past nginx's cache, and a draft that each replica must believe.
        for (const path of ['/api/v1/posts', `/search?q=word${asked % 50}`, new URL(first).pathname]) {
          const address = asked++ % 2 ? platform.address : platform.replicas[(asked >> 1) % 2]!.address;
          await platform.fetch(address + path).then(
            async (answer) => (await answer.arrayBuffer(), answer.ok || failed.push([path, answer.status])),
            (error: unknown) => failed.push([path, String(error)]),
          );
        }
      }
    };
    const readers = Promise.all(Array.from({ length: 4 }, read));
    const second = newKey();
    await platform.rotate({ 'session-key': `${second}\n${old}\n` });
    await expect.poll(() => counts('homepage_reloads_total', 'session'), { timeout: 15_000 }).toEqual([1, 1]);
    const next = await makeLink();
    expect(signedWith(second, next)).toBe(true);
    expect(await statuses(next)).toEqual([200, 200, 200]);
    expect(await statuses(first)).toEqual([200, 200, 200]);
    await expect.poll(() => asked).toBeGreaterThan(50);
    reading = false;
    await readers;
    expect(failed).toEqual([]);

    await platform.rotate({ 'session-key': `${newKey()}\n${second}\n` });
    await expect.poll(() => statuses(first), { timeout: 15_000 }).toEqual([404, 404, 404]);
    expect(await statuses(next)).toEqual([200, 200, 200]);
    expect(await counts('homepage_reload_failures_total', 'session')).toEqual([0, 0]);
    first = next;
  });

  test.each([
    [
      'a short key',
      Buffer.alloc(16, 'k').toString('base64'),
      /session-key holds a key of less than 32 bytes/,
    ],
    ['what is no base64', 'canary hush-hush', /session-key holds what is not base64/],
    ['three lines', [newKey(), newKey(), newKey()].join('\n'), /session-key holds 3 keys/],
  ])('%s: the one before goes on, one line says so, and it is counted', async (_name, key, reason) => {
    const lines = refusals();
    const failures = await counts('homepage_reload_failures_total', 'files');
    await platform.rotate({ 'session-key': key });
    // Tried again, and still told once.
    await expect
      .poll(
        async () =>
          (await counts('homepage_reload_failures_total', 'files')).every(
            (count, replica) => count >= failures[replica]! + 2,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(refusals().map((count, replica) => count - lines[replica]!)).toEqual([1, 1]);
    expect(await statuses(first)).toEqual([200, 200, 200]);
    for (const { output } of platform.replicas) {
      expect(output()).toMatch(reason);
      expect(output()).not.toContain(key);
    }
    const refused = await platform.homepage(['preview', 'secret-plan', '--json']);
    expect(refused).toMatchObject({ code: 1 });
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'SECRET_INVALID' } });
  });

  test('no token is in any log or measurement', async () => {
    const shown = [
      platform.nginx.service.log(),
      ...platform.replicas.map(({ output }) => output()),
      ...(await Promise.all(
        platform.replicas.map(async ({ opsAddress }) =>
          (await platform.fetch(`${opsAddress}/metrics`)).text(),
        ),
      )),
    ].join('\n');
    expect(shown).toContain('/preview/-');
    expect(shown).not.toContain(first.split('/preview/')[1]!.slice(0, 20));
  });
});
