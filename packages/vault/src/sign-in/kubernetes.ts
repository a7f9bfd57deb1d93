/**
 * Handing sign-ins over as Secrets of Kubernetes, from within a pod: with its service account, which may change these Secrets
 * and read none. https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-or-apply
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { explainTlsError, Problem } from '@homepage/platform';
import { secretNameOf } from '../desired/environment.ts';
import type { HandOver } from './rotate.ts';
import { ROLE_ID, SECRET_ID } from './sign-in.ts';

/** Where a pod finds its own. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export type ClusterOptions = {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which each pod has */
  host: string | undefined;
  port: string | undefined;
  /** with token, ca.crt and namespace */
  serviceAccount: string;
  /** undefined: the pod's own */
  namespace: string | undefined;
};

const ANSWER_WITHIN_MS = 30_000;

/** @throws Problem CLUSTER_NOT_IN_POD */
export function toSecrets({ host, port, serviceAccount, namespace: given }: ClusterOptions): HandOver {
  if (!host || !port) throw notInPod('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set');
  const read = (file: string): string => {
    try {
      return readFileSync(join(serviceAccount, file), 'utf8').trim();
    } catch (cause) {
      throw notInPod(`${join(serviceAccount, file)} cannot be read`, cause);
    }
  };
  const ca = read('ca.crt');
  const namespace = given ?? read('namespace');

  async function patch(name: string, body: object, query: string): Promise<void> {
    const secret = `${namespace}/${secretNameOf(name)}`;
    const payload = JSON.stringify(body);
    const answer = await new Promise<{ status: number; text: string }>((done, fail) => {
      const sent = request(
        {
          host,
          port,
          ca,
          method: 'PATCH',
          path: `/api/v1/namespaces/${namespace}/secrets/${secretNameOf(name)}${query}`,
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          headers: {
            // Read each time: it is changed while this runs.
            authorization: `Bearer ${read('token')}`,
            'content-type': 'application/merge-patch+json',
            'content-length': Buffer.byteLength(payload),
            // What it answers with is the Secret itself otherwise.
            accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
          },
        },
        (received) => {
          textOf(received).then((text) => done({ status: received.statusCode ?? 0, text }), fail);
        },
      );
      sent.on('error', fail);
      sent.end(payload);
    }).catch((cause: unknown) => {
      throw away(`${host}:${port}`, cause);
    });
    if (answer.status < 200 || answer.status > 299) throw refused(secret, answer);
  }

  return {
    placeOf: (name) => `Secret ${namespace}/${secretNameOf(name)}`,
    check: (name) => patch(name, {}, '?dryRun=All'),
    put: (name, { roleId, secretId }) =>
      patch(name, { data: { [ROLE_ID]: base64(roleId), [SECRET_ID]: base64(secretId) } }, ''),
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const notInPod = (why: string, cause?: unknown): Problem =>
  new Problem('CLUSTER_NOT_IN_POD', `The cluster cannot be asked: ${why}.`, {
    field: '--to-kubernetes',
    fix: 'Run it in a pod whose service account is mounted; elsewhere write files with --to and make Secrets of them.',
    cause,
  });

function away(address: string, cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const why =
    explainTlsError(cause)?.why ?? (Object(cause) as { code?: string }).code ?? 'the connection failed';
  return new Problem('CLUSTER_AWAY', `The API server does not answer at ${address}: ${why}.`, {
    fix: 'Look whether the network policy of this pod lets it there, and whether ca.crt is of this cluster. The old secret-ids are good meanwhile.',
    cause,
  });
}

/** Its answer names what was wrong with the request, and no value. */
function refused(secret: string, { status, text }: { status: number; text: string }): Problem {
  if (status === 404)
    return new Problem('CLUSTER_SECRET_MISSING', `There is no Secret ${secret}.`, {
      fix: 'Make it once, from files (docs/vault.md, "First set-up"), or name who is not here with --without.',
    });
  if (status === 401 || status === 403)
    return new Problem(
      'CLUSTER_REFUSED',
      `This service account may not change the Secret ${secret} (${status}).`,
      {
        fix: 'Let a Role name this Secret with the verb "patch", and bind it to the service account.',
      },
    );
  return new Problem(
    'CLUSTER_FAILED',
    `The API server did not change the Secret ${secret} (${status}): ${messageIn(text)}`,
    {
      fix: 'Run it again; what was there before is good meanwhile.',
    },
  );
}

function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return 'what answers is no API server';
  }
}
