/** What our images write and read outside of themselves, beside what deploy/kubernetes mounts there. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { agentTemplates, onKubernetes, services } from '@homepage/vault';

const repository = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

type Mount = { name: string; mountPath: string; subPath?: string; readOnly?: boolean };
type Container = { volumeMounts?: Mount[] };
type Pod = {
  containers: Container[];
  volumes: { name: string; emptyDir?: { sizeLimit: string } }[];
};
const nginx = read('deploy/images/frontend/nginx.conf').replaceAll(/^\s*#.*$/gm, '');
const { containers, volumes } = (
  parse(read('deploy/kubernetes/base/frontend/deployment.yaml')) as {
    spec: { template: { spec: Pod } };
  }
).spec.template.spec;
const mounts = containers[0]!.volumeMounts!;
const writable = mounts.filter(({ name }) => volumes.some((one) => one.name === name && one.emptyDir));

test('nginx writes where an emptyDir is, and it is larger than all that is kept', () => {
  const written = [
    ...nginx.matchAll(/^\s*(?:pid|\w+_temp_path|proxy_cache_path|access_log|error_log) (\/\S+?)[ ;]/gm),
  ]
    .map(([, path]) => path!)
    .filter((path) => !path.startsWith('/dev/std'));
  expect(written.length).toBeGreaterThan(6);
  expect(
    written.filter((path) => !writable.some(({ mountPath }) => path.startsWith(`${mountPath}/`))),
  ).toEqual([]);
  const kept = [...nginx.matchAll(/max_size=(\d+)m/g)].reduce((sum, [, size]) => sum + Number(size), 0);
  const [, room] = /^(\d+)Gi$/.exec(volumes.find(({ name }) => name === 'tmp')!.emptyDir!.sizeLimit)!;
  // What is on its way needs some, too.
  expect(Number(room) * 1024).toBeGreaterThan(kept + 128);
});

test('each file that is mounted over the image is one that nginx reads, in a folder that the image has', () => {
  const files = mounts.filter(({ subPath }) => subPath !== undefined);
  expect(files.map(({ mountPath }) => mountPath)).toEqual(['/etc/nginx/local/place.conf']);
  const laidOut = read('scripts/image/frontend.ts');
  for (const { mountPath } of files) {
    expect(nginx).toContain(`include ${mountPath};`);
    expect(laidOut).toContain(`'${dirname(mountPath).slice(1)}/`);
    // Not one that the image brings: it would be hidden.
    expect(laidOut).not.toContain(`'${mountPath.slice(1)}'`);
  }
});

test('secrets that nginx reads are written by its agent', () => {
  const service = services.find(({ name }) => name === 'frontend')!;
  const folder = join(repository, 'deploy/vault');
  const templates = agentTemplates(
    { environment: onKubernetes('prod'), folder, secrets: '/vault/secrets' },
    service,
  );
  const wanted = new Set(
    read('deploy/images/frontend/tls.conf').match(/(?<=(\$secrets|\/vault\/secrets)\/)[\w.]+/g),
  );
  expect([...wanted].toSorted()).toEqual(['ca.crt', 'tls.pem']);
  for (const name of wanted)
    expect(
      templates.some(({ file, contents }) => file === name || contents.includes(`/vault/secrets/${name}`)),
    ).toBe(true);
});
