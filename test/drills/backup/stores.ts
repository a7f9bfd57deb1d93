/** The store dies, refuses, fails, is slow, cuts off, or is not where it was. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
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
