import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '@homepage/testkit/programs';
import { startMinio, type MinioServer } from '@homepage/testkit/services';
import { openStorage } from './storage.ts';
import { storageSuite } from './storage-suite.ts';

describe.skipIf(missing('minio'))('S3', () => {
  let minio: MinioServer;
  beforeAll(async () => {
    minio = await startMinio();
  }, 60_000);
  afterAll(() => minio?.remove());

  const open = (changes: Partial<MinioServer['connection']> = {}) =>
    openStorage({ dataDir: '/nowhere', storage: { ...minio.connection, ...changes } });

  storageSuite('a bucket of MinIO', async () => {
    const storage = await open();
    return {
      storage,
      async close() {
        for await (const { key } of storage.list('')) await storage.remove(key);
        storage.close();
      },
    };
  });

  test('other credentials are taken while an object is read; wrong ones change nothing', async () => {
    const storage = await open();
    const large = randomBytes(20_000_000);
    await storage.put('media/film', large);
    const { body } = (await storage.get('media/film'))!;
    await expect(storage.renew({ ...minio.connection, secretKey: 'SECRET-wrong' })).rejects.toMatchObject({
      code: 'STORAGE_REFUSED',
    });
    await expect(
      storage.renew({ ...minio.connection, endpoint: 'http://127.0.0.1:1' }),
    ).rejects.toMatchObject({
      code: 'STORAGE_AWAY',
    });
    expect(await storage.has('media/film')).toBe(true);
    await storage.renew({ ...minio.connection });
    expect(await storage.has('media/film')).toBe(true);
    expect((await buffer(body)).equals(large)).toBe(true);
    storage.close();
  });

  describe('a storage that does not do as it should', () => {
    test.each([
      ['a wrong key', { secretKey: 'SECRET-wrong' }],
      ['a bucket that is not there', { bucket: 'missing' }],
    ])('%s is refused by name', async (_name, changes) => {
      const storage = await open(changes);
      const problem = await storage.put('media/a', new Uint8Array(1)).catch((error: unknown) => error);
      expect(problem).toMatchObject({ code: 'STORAGE_REFUSED', field: 'STORAGE_URL' });
      expect(String(problem)).not.toContain('SECRET');
      storage.close();
    });

    test('one that is away says so, and works when it is back', async () => {
      const storage = await open();
      await storage.put('media/before', new Uint8Array(3));
      await minio.service.kill();
      await expect(storage.get('media/before')).rejects.toMatchObject({ code: 'STORAGE_AWAY', status: 503 });
      await minio.service.start();
      expect((await storage.get('media/before'))?.bytes).toBe(3);
      storage.close();
    });

    test('errors for a moment are tried again, errors for long are told', async () => {
      let failures = 2;
      const server = createServer((_request, response) => {
        response.statusCode = failures-- > 0 ? 500 : 200;
        response.setHeader('content-length', 0);
        response.end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const storage = await open({ endpoint: `http://127.0.0.1:${port}` });
      expect(await storage.has('media/a')).toBe(true);
      failures = 1000;
      await expect(storage.has('media/a')).rejects.toMatchObject({ code: 'STORAGE_AWAY' });
      storage.close();
      server.closeAllConnections();
      server.close();
    });
  });
});
