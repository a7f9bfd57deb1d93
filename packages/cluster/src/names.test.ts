/** The file of names of an overlay: nginx takes its place, and images are what the lock says. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fileOfNeeds, missing, requireProgram } from '@homepage/testkit/programs';
import { makeAuthority, makeOwnFolder } from '@homepage/testkit/services';
import { clusterEnvironments } from './environments.ts';
import { images, namesOfEnvironment, UNRESOLVED, type ImagesLock } from './names.ts';

type Names = {
  images: { name: string; newName: string; digest: string }[];
  configMapGenerator: { name: string; literals: string[] }[];
};

const deploy = resolve(import.meta.dirname, '../../../deploy');
const lock = JSON.parse(readFileSync(join(deploy, 'images.lock'), 'utf8')) as ImagesLock;
const prod = clusterEnvironments('example.com').find(({ name }) => name === 'prod')!;
const namesWith = (lock: ImagesLock): Names => namesOfEnvironment(prod, lock) as Names;

test('a digest is that of the lock, and zeros where there is none', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const { valkey, ...others } = lock.images;
  const found = namesWith({ images: { ...others, valkey: { ...valkey!, digest } } }).images;
  expect(found.find(({ name }) => name === 'valkey')).toEqual({
    name: 'valkey',
    newName: valkey!.name,
    digest,
  });
  const never = namesWith({ images: { ...others, valkey: { ...valkey!, digest: null } } }).images;
  expect(never.find(({ name }) => name === 'valkey')!.digest).toBe(UNRESOLVED);
  expect(found.map(({ name }) => name)).toEqual(Object.keys(images.site));
});

test('an image that the lock lacks is named', () => {
  expect(() => namesWith({ images: {} })).toThrow('no image "backend"');
});

test.skipIf(missing('nginx'))('nginx takes the place of its environment', async () => {
  const { configMapGenerator } = namesWith(lock);
  const [literal] = configMapGenerator.find(({ name }) => name === 'frontend-place')!.literals;
  const place = literal!.slice('place.conf='.length);
  expect(place).toContain('server api.homepage-prod.svc.cluster.local:3000');

  const folder = makeOwnFolder('place');
  const at = (...path: string[]): string => join(folder.path, ...path);
  for (const path of ['local', 'tmp', 'secrets']) mkdirSync(at(path));
  const here = (text: string): string =>
    text
      .replaceAll('/tmp/', `${at('tmp')}/`)
      .replaceAll('/etc/nginx/', `${folder.path}/`)
      .replaceAll('/vault/secrets', at('secrets'))
      .replaceAll(/\/dev\/std(out|err)/g, at('log'))
      // No resolver of this machine knows it.
      .replaceAll('api.homepage-prod.svc.cluster.local', '127.0.0.1');
  for (const file of ['nginx.conf', 'proxy.conf', 'tls.conf', 'headers.conf', 'away.conf'])
    writeFileSync(at(file), here(readFileSync(join(deploy, 'images/frontend', file), 'utf8')));
  cpSync('/etc/nginx/mime.types', at('mime.types'));
  writeFileSync(at('local/modules.conf'), `load_module ${fileOfNeeds('nginx')!};\n`);
  writeFileSync(at('local/place.conf'), here(place));
  const authority = await makeAuthority();
  writeFileSync(at('secrets/ca.crt'), authority.certificate);

  const { status, stderr } = spawnSync(requireProgram('nginx'), [
    '-t',
    '-c',
    at('nginx.conf'),
    '-p',
    folder.path,
  ]);
  folder.remove();
  expect([status, status === 0 ? '' : stderr.toString()]).toEqual([0, '']);
});
