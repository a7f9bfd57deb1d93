/** A registry on this machine that speaks the documented protocol, with or without tokens, and misbehaves on demand. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const IMAGE_TYPE = 'application/vnd.oci.image.manifest.v1+json';

type Manifest = { type: string; body: string };

export type TestRegistry = {
  /** 127.0.0.1:port */
  host: string;
  /** Tags a manifest. @returns its digest */
  push(repository: string, tag: string, manifest: Manifest): string;
  /** answers this instead, for the next requests whose address has this in it */
  misbehave(part: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  /** method and address of every request so far, and whether it had a token */
  requests: { url: string; token: boolean }[];
  stop(): Promise<void>;
};

export const indexOf = (...architectures: string[]): Manifest => ({
  type: INDEX_TYPE,
  body: JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [
      ...architectures.map((architecture) => ({
        digest: digestOf(architecture),
        platform: { os: 'linux', architecture },
      })),
      // What buildx adds: signed statements about the build, for no platform.
      { digest: digestOf('attestation'), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  }),
});

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export async function startRegistry({ tokens }: { tokens: boolean }): Promise<TestRegistry> {
  const manifests = new Map<string, Manifest>();
  const requests: TestRegistry['requests'] = [];
  let wrong: { part: string; answer: Parameters<TestRegistry['misbehave']>[1] } | undefined;
  const server = createServer((request, response) => {
    const url = request.url!;
    requests.push({ url, token: Boolean(request.headers.authorization) });
    if (wrong && url.includes(wrong.part)) return wrong.answer(request, response);
    const { pathname, searchParams } = new URL(url, `http://${host}`);
    if (pathname === '/token')
      return json(response, 200, { token: tokenFor(searchParams.get('scope') ?? '') });
    const [, repository = '', tag = ''] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    if (tokens && request.headers.authorization !== `Bearer ${tokenFor(scope)}`) {
      const challenge = `Bearer realm="http://${host}/token",service="test registry",scope="${scope}"`;
      response.setHeader('www-authenticate', challenge);
      return json(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] });
    }
    const manifest = manifests.get(`${repository}:${tag}`);
    if (!manifest) return json(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    response.setHeader('docker-content-digest', digestOf(manifest.body));
    response.setHeader('content-type', manifest.type);
    response.end(manifest.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    requests,
    push(repository, tag, manifest) {
      manifests.set(`${repository}:${tag}`, manifest);
      return digestOf(manifest.body);
    },
    misbehave: (part, answer) => void (wrong = { part, answer }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const tokenFor = (scope: string): string => createHash('sha256').update(scope).digest('hex');

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
