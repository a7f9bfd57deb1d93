/**
 * Asks a registry for the digest behind a tag: OCI Distribution Specification 1.1 ("Pulling manifests") and the token
 * protocol of the CNCF Distribution project, without credentials: what is not public is refused.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '@homepage/platform';
import { manifestUrl } from './name.ts';

/** What runs the platform: each image has to be there for all of them. */
export const ARCHITECTURES = ['amd64', 'arm64'];

const TIMEOUT_MS = 15_000;
/** The specification asks registries to take at least this much; no manifest is larger. */
const MOST_BYTES = 4 * 1024 * 1024;

const INDEX = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const ONE_IMAGE = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const index = z.object({
  manifests: z.array(
    z.object({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});

type RegistryOptions = { timeoutMs?: number };

/**
 * @returns the digest of the index of all architectures, computed from its bytes
 * @throws Problem IMAGE_NAME_INVALID, REGISTRY_AWAY, REGISTRY_REFUSED, IMAGE_NOT_FOUND, IMAGE_ONE_ARCHITECTURE,
 *   REGISTRY_ANSWER_INVALID
 */
export async function findDigest(name: string, tag: string, options: RegistryOptions = {}): Promise<string> {
  const url = manifestUrl(name, tag);
  const headers = { accept: [...INDEX, ...ONE_IMAGE].join(', ') };
  let answer = await ask(url, headers, options);
  if (answer.status === 401) {
    const token = await fetchToken(answer.headers.get('www-authenticate') ?? '', url, options);
    answer = await ask(url, { ...headers, authorization: `Bearer ${token}` }, options);
  }
  requireOk(answer, `${name}:${tag}`);
  const { body, headers: told } = answer;
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const saidDigest = told.get('docker-content-digest');
  if (saidDigest?.startsWith('sha256:') && saidDigest !== digest)
    throw invalid(url, 'the manifest is not the one that its digest names');
  const type = told.get('content-type')?.split(';')[0]?.trim() ?? '';
  requireAllArchitectures(`${name}:${tag}`, url, type, body);
  return digest;
}

type Answer = { url: string; status: number; headers: Headers; body: Buffer };

async function ask(url: string, headers: Record<string, string>, options: RegistryOptions): Promise<Answer> {
  const { timeoutMs = TIMEOUT_MS } = options;
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    return { url, status: response.status, headers: response.headers, body: await read(response) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const { name, message, cause: deeper } = cause as Error;
    const why = name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : text(deeper) || message;
    throw new Problem('REGISTRY_AWAY', `${new URL(url).host} cannot be asked: ${why}.`, {
      fix: 'Try again where the registry can be reached.',
      cause,
    });
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : '');

async function read(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MOST_BYTES) throw invalid(response.url, 'the answer is larger than any manifest');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/** Bearer realm="https://…",service="…",scope="…" */
async function fetchToken(challenge: string, asked: string, options: RegistryOptions): Promise<string> {
  const parts = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  );
  const realm = URL.canParse(parts['realm'] ?? '') ? new URL(parts['realm']!) : undefined;
  if (!/^bearer /i.test(challenge) || !realm)
    throw invalid(asked, 'it asks for a sign-in and does not say where');
  // Who gives tokens for a registry that is asked by HTTPS must be asked so, too.
  if (realm.protocol !== 'https:' && new URL(asked).protocol === 'https:')
    throw invalid(asked, 'it gives its tokens without encryption');
  for (const key of ['service', 'scope'] as const) if (parts[key]) realm.searchParams.set(key, parts[key]);
  const answer = await ask(realm.href, { accept: 'application/json' }, options);
  if (answer.status !== 200) throw refused(asked, answer.status);
  const { token, access_token: other } = parse(asked, answer.body, tokens);
  if (!token && !other) throw invalid(asked, 'there is no token in the answer');
  return (token || other)!;
}

const tokens = z.object({ token: z.string().optional(), access_token: z.string().optional() });

function parse<Schema extends z.ZodType>(url: string, body: Buffer, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch (cause) {
    throw invalid(url, 'the answer is not as its type says', cause);
  }
}

function requireOk({ url, status }: Answer, image: string): void {
  if (status === 200) return;
  if (status === 404) {
    throw new Problem('IMAGE_NOT_FOUND', `${new URL(url).host} has no image ${image}.`, {
      fix: 'Correct its name or tag in deploy/images.lock, or publish it first.',
    });
  }
  throw refused(url, status);
}

function requireAllArchitectures(image: string, url: string, type: string, body: Buffer): void {
  const found = INDEX.includes(type)
    ? parse(url, body, index).manifests.map(
        ({ platform }) => platform?.os === 'linux' && platform.architecture,
      )
    : [];
  if (!INDEX.includes(type) && !ONE_IMAGE.includes(type)) throw invalid(url, `"${type}" is no manifest`);
  const lacks = ARCHITECTURES.filter((name) => !found.includes(name));
  if (lacks.length === 0) return;
  throw new Problem('IMAGE_ONE_ARCHITECTURE', `${image} is not there for ${lacks.join(' and ')}.`, {
    fix: 'Publish or choose one that is: its digest is used on every machine.',
  });
}

const refused = (url: string, status: number): Problem =>
  new Problem('REGISTRY_REFUSED', `${new URL(url).host} refuses to be asked (${status}).`, {
    fix:
      status === 429
        ? 'It was asked too often from this address: try again in an hour.'
        : 'Only public images are resolved: make it public, or correct its name.',
  });

const invalid = (url: string, why: string, cause?: unknown): Problem =>
  new Problem('REGISTRY_ANSWER_INVALID', `${new URL(url).host} does not answer as a registry: ${why}.`, {
    fix: 'Look whether a proxy or another server answers at that address.',
    cause,
  });
