/** Real handshakes with certificates of one authority: the API lets in whom it is told of, and nobody beside them. */
import { Writable } from 'node:stream';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings, type Tls } from '@homepage/platform';
import { fetchAs } from '@homepage/testkit';
import { makeAuthority, type Authority, type Bundle } from '@homepage/testkit/services';
import { renewServerTls } from './server-tls.ts';
import { openTestApp, type TestApp } from './test-app.ts';

const VERSIONS: SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];
const ALLOWED = ['homepage-frontend', 'homepage-traefik'];
const OTHERS = ['homepage-exporter', 'homepage-postgresql', 'homepage-migrate', 'homepage-api'];

let authority: Authority;
let opened: TestApp;
let address: string;
const logged: Record<string, unknown>[] = [];

const asTls = (bundle: Bundle): Tls => ({
  cert: bundle['tls.crt'],
  key: bundle['tls.key'],
  ca: bundle['ca.crt'],
});
const as = (name: string): Promise<Bundle> => authority.issue({ name, purpose: 'client' });
const own = async (from = authority): Promise<Tls> =>
  asTls(await from.issue({ name: 'homepage-api', purpose: 'both' }));
const refused = async (): Promise<number> =>
  (await opened.registry.getSingleMetric('homepage_tls_clients_refused_total')!.get()).values[0]!.value;

beforeAll(async () => {
  authority = await makeAuthority();
  const log = pino(
    new Writable({
      write(line: Buffer, _encoding, done) {
        logged.push(JSON.parse(String(line)) as Record<string, unknown>);
        done();
      },
    }),
  );
  const { tlsClients } = readSettings({ SECRETS_DIR: 'none' });
  opened = await openTestApp({ pages: false, log, tls: await own(), tlsClients });
  address = await opened.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => opened?.close());

type Asked = { answer: string; reused: boolean; session: Buffer | undefined };

/** Asks as soon as its own side of the handshake is done, as a client may, and listens until the API hangs up. */
async function ask(
  bundle: Bundle,
  version: SecureVersion,
  session: Buffer | undefined = undefined,
): Promise<Asked> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: Number(new URL(address).port),
    ...asTls(bundle),
    minVersion: version,
    maxVersion: version,
    ...(session && { session }),
  });
  const asked: Asked = { answer: '', reused: false, session: undefined };
  socket.on('session', (ticket: Buffer) => (asked.session = ticket));
  socket.on('data', (data: Buffer) => (asked.answer += data.toString()));
  // Who is hung up on hears of a reset, or that the handshake never ended.
  socket.on('error', () => {});
  socket.on('secureConnect', () => {
    asked.reused = socket.isSessionReused();
    socket.write('GET /api/v1/site HTTP/1.1\r\nhost: site.test\r\nconnection: close\r\n\r\n');
  });
  await new Promise((closed) => socket.on('close', closed));
  return asked;
}
const OK = expect.stringMatching(/^HTTP\/1\.1 200 /);

describe.each(VERSIONS)('%s', (version) => {
  test.each(ALLOWED)('%s is let in, and so is its next certificate', async (name) => {
    const before = await refused();
    for (let certificate = 1; certificate <= 2; certificate++)
      expect(await ask(await as(name), version)).toMatchObject({ answer: OK });
    expect(await refused()).toBe(before);
  });

  test.each([...OTHERS, 'homepage-frontend.homepage-exporter', 'Homepage-Frontend'])(
    '%s hears nothing, and is counted',
    async (name) => {
      const before = await refused();
      expect(await ask(await as(name), version)).toMatchObject({ answer: '' });
      expect(await refused()).toBe(before + 1);
    },
  );

  test('a session that is resumed has the rights of the certificate that it began with', async () => {
    const [frontend, exporter] = [await as('homepage-frontend'), await as('homepage-exporter')];
    const { session } = await ask(frontend, version);
    expect(session).toBeInstanceOf(Buffer);
    expect(await ask(frontend, version, session)).toMatchObject({ answer: OK, reused: true });
    const others = (await ask(exporter, version)).session;
    // With whichever certificate, and whether the ticket is taken or not.
    for (const bundle of [exporter, frontend]) {
      const before = await refused();
      const { answer, reused } = await ask(bundle, version, others);
      const lets = bundle === frontend && !reused;
      expect([answer, (await refused()) - before]).toEqual(lets ? [OK, 0] : ['', 1]);
    }
  });
});

test('another authority’s frontend is refused in the handshake, before it is counted', async () => {
  const stranger = await (await makeAuthority()).issue({ name: 'homepage-frontend', purpose: 'client' });
  const before = await refused();
  await expect(fetchAs({ ...stranger, 'ca.crt': authority.certificate })(address)).rejects.toThrow();
  expect(await refused()).toBe(before);
});

test('it says whom it refused once, not each time', async () => {
  const before = await refused();
  expect(before).toBeGreaterThan(5);
  const said = logged.filter(({ msg }) => msg === 'a certificate of another service was refused');
  expect(said).toMatchObject([{ level: 40, name: OTHERS[0], refused: 1, allowed: ALLOWED }]);
});

test('a new certificate, or another authority, changes nothing of it', async () => {
  const { session } = await ask(await as('homepage-frontend'), 'TLSv1.3');
  const next = await makeAuthority();
  for (const from of [authority, next]) {
    renewServerTls(opened.app.server, await own(from));
    authority = from;
    expect(await ask(await as('homepage-traefik'), 'TLSv1.3')).toMatchObject({ answer: OK });
    expect(await ask(await as('homepage-exporter'), 'TLSv1.3')).toMatchObject({ answer: '' });
    // What was vouched for before does not go on by its ticket.
    expect(await ask(await as('homepage-frontend'), 'TLSv1.3', session)).toMatchObject({ reused: false });
  }
});
