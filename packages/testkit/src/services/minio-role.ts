/** Credentials of MinIO that may do what a policy says, got by AssumeRole (STS) with its root's. */
import { createHash, createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

type Root = { endpoint: string; accessKey: string; secretKey: string };
const MOST_ATTEMPTS = 100;

type RoleCredentials = { accessKey: string; secretKey: string; sessionToken: string };

export async function assumeRole(
  { endpoint, accessKey, secretKey }: Root,
  policy: string,
  attempt = 1,
): Promise<RoleCredentials> {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    DurationSeconds: '900',
    Policy: policy,
  }).toString();
  const { host } = new URL(endpoint);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/sts/aws4_request`;
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host, 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((at, part) => hmac(at, part), `AWS4${secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const answer = await fetch(`${endpoint}/`, {
    method: 'POST',
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body,
  });
  const xml = await answer.text();
  // It is ready for objects a moment before it knows who may do what.
  if (xml.includes('Server not initialized') && attempt < MOST_ATTEMPTS) {
    await wait(100);
    return assumeRole({ endpoint, accessKey, secretKey }, policy, attempt + 1);
  }
  const field = (name: string): string => {
    const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
    if (value === undefined) throw new Error(`AssumeRole answered ${answer.status}: ${xml}`);
    return value;
  };
  return {
    accessKey: field('AccessKeyId'),
    secretKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  };
}
