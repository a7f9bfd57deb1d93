/** The store dies, refuses, fails, is slow, cuts off, or is not where it was. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { listBackups, pruneBackups, targetStatus } from '@homepage/backup';
import { mediaKey } from '@homepage/site';
import { startMinio } from '@homepage/testkit/services';
import { makeSmallDisk } from '../small-disk.ts';
import { codeIn, expectCode, type Act, type Scene } from './scene.ts';

type Meddle = (question: IncomingMessage, answer: ServerResponse, pass: () => void) => void;

/** A proxy in front of the store. It asks in the store's name, so that signatures stay good. */
async function through<Result>(
  scene: Scene,
  meddle: Meddle,
  work: (endpoint: string) => Promise<Result>,
): Promise<Result> {
  const { hostname, port } = new URL(scene.minio.connection.endpoint);
  const proxy = createServer((question, answer) => {
    meddle(question, answer, () => {
      const onward = request(
        { hostname, port, method: question.method, path: question.url, headers: question.headers },
        (reply) => {
          answer.writeHead(reply.statusCode!, reply.headers);
          reply.pipe(answer);
        },
      );
      onward.on('error', () => answer.destroy());
      question.pipe(onward);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: own } = proxy.address() as { port: number };
  try {
    return await work(`http://127.0.0.1:${own}`);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

const isUpload = ({ method, url }: IncomingMessage): boolean =>
  method === 'PUT' && url!.includes('dump.sql.gz');

export const dies: Act = async (scene) => {
  let killed: Promise<void> | undefined;
  const report = await scene.run(undefined, (stage) => {
    if (stage === 'uploading') killed ??= scene.minio.service.kill();
  });
  await killed;
  await scene.minio.service.start();
  return {
    broken: expectCode('the run', codeIn(report), 'BACKUP_TARGET_AWAY'),
    detail: 'BACKUP_TARGET_AWAY; the next run, when it was back, went well.',
  };
};

export const fails: Act = async (scene) => {
  const meddle: Meddle = (question, answer, pass) => {
    if (!isUpload(question)) return pass();
    question.resume();
    answer.writeHead(500).end();
  };
  const code = await through(scene, meddle, async (endpoint) =>
    codeIn(await scene.run([scene.at({ endpoint })])),
  );
  return {
    broken: expectCode('the run', code, 'BACKUP_TARGET_AWAY'),
    detail: 'Tried three times, then BACKUP_TARGET_AWAY.',
  };
};

export const cutsOff: Act = async (scene) => {
  const meddle: Meddle = (question, _answer, pass) => {
    if (!isUpload(question)) return pass();
    question.once('data', () => question.destroy());
  };
  const code = await through(scene, meddle, async (endpoint) =>
    codeIn(await scene.run([scene.at({ endpoint })])),
  );
  return {
    broken: expectCode('the run', code, 'BACKUP_TARGET_AWAY'),
    detail: 'BACKUP_TARGET_AWAY; no object is seen.',
  };
};

export const isSlow: Act = async (scene) => {
  const meddle: Meddle = (_question, _answer, pass) => void wait(1000).then(pass);
  const code = await through(scene, meddle, async (endpoint) =>
    codeIn(await scene.run([scene.at({ endpoint })])),
  );
  return {
    broken: expectCode('the run', code, 'none'),
    detail: 'Every answer a second late: it took longer, and was whole.',
  };
};

export const refuses: Act = async (scene) => {
  const code = codeIn(await scene.run([scene.at({ secretKey: 'wrong' })]));
  return {
    broken: expectCode('the run', code, 'BACKUP_TARGET_REFUSED'),
    detail: 'BACKUP_TARGET_REFUSED; the key is not told.',
  };
};

export const isRenamed: Act = async (scene) => {
  const code = codeIn(await scene.run([scene.at({ bucket: 'renamed' })]));
  return {
    broken: expectCode('the run', code, 'BACKUP_TARGET_REFUSED'),
    detail: 'BACKUP_TARGET_REFUSED, which names the bucket.',
  };
};

const MEGABYTE = 1_000_000;
const DAY_MS = 86_400_000;

export const runsFull: Act = async (scene) => {
  const disk = makeSmallDisk(64);
  const small = await startMinio({ disk: disk.path });
  try {
    // The dump finds room; this does not.
    const film = randomBytes(100 * MEGABYTE);
    const hash = createHash('sha256').update(film).digest('hex');
    await scene.storage.put(mediaKey(hash), film);
    const { db } = scene.owner;
    const media = { hash, content_type: 'video/mp4', bytes: film.length, width: null, height: null };
    await db.insertInto('media').values(media).execute();
    const full = scene.at({ ...small.connection });
    const report = await scene.run([scene.target, full]);
    await db.deleteFrom('media').where('hash', '=', hash).execute();
    const [first, second] = report.targets;
    const broken = first!.ok ? [] : ['the full store took the other target with it'];
    broken.push(...expectCode('the run', codeIn(report), 'BACKUP_TARGET_FULL'));
    if (second!.ok || (await targetStatus(full)).backups > 0) broken.push('the full store counts a backup');
    broken.push(...expectCode('the next run there', codeIn(await scene.run([full])), 'none'));
    await pruneBackups({ ...scene, location: full, now: new Date(Date.now() + 2 * DAY_MS), dryRun: false });
    if ((await listBackups(full)).some(({ complete }) => !complete))
      broken.push('after pruning the cut off backup was left');
    return { broken, detail: 'BACKUP_TARGET_FULL; the other target had its backup.' };
  } finally {
    await small.remove();
    disk.remove();
  }
};
