/** What a failure of the S3 client means for a person: each has another next step. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { Problem } from '../problem.ts';
import { explainTlsError } from '../secrets/untrusted.ts';

const REFUSALS: Record<string, [what: string, fix: string]> = {
  NoSuchBucket: ['There is no such bucket in the object storage', 'Make the bucket, or correct its name'],
  InvalidBucketName: ['The object storage knows no bucket of such a name', 'Correct the name of the bucket'],
  InvalidAccessKeyId: ['The object storage does not know the access key', 'Correct the access key'],
  SignatureDoesNotMatch: [
    'The object storage refused the request: the secret key is not the one of this access key',
    'Correct the secret key',
  ],
  AuthorizationHeaderMalformed: [
    'The object storage expects another region',
    'Set its region to us-east-1 (for MinIO: MINIO_REGION); the bucket is named',
  ],
};

/** @returns Problem STORAGE_REFUSED, STORAGE_FULL, STORAGE_UNTRUSTED, STORAGE_NOT_S3, STORAGE_AWAY; or what was given */
export function explainStorageError(cause: unknown): unknown {
  const { name, code, message } = Object(cause) as { name?: string; code?: string; message?: string };
  if (cause instanceof S3ServiceException) {
    const status = cause.$metadata.httpStatusCode ?? 0;
    // It mends itself once the clocks agree.
    if (name === 'RequestTimeTooSkewed') {
      return new Problem(
        'CLOCK_DIFFERS',
        'The clocks of this machine and of the object storage differ too much.',
        {
          status: 503,
          fix: 'Let both follow a time server.',
          cause,
        },
      );
    }
    if (status === 507) {
      return new Problem('STORAGE_FULL', `The disk of the object storage is full.`, {
        field: 'STORAGE_URL',
        status: 507,
        fix: 'Make room on its disk, then try again.',
        cause,
      });
    }
    const known = REFUSALS[name ?? ''];
    if (known) return refused(`${known[0]} (${name}).`, `${known[1]} in`, cause);
    if (status === 403 || status === 401) {
      return refused(
        `The object storage refused the request (${name}).`,
        'Let the access key read, write, list and remove in that bucket, or correct it in',
        cause,
      );
    }
    if (/^(40[045]|Unknown|UnknownError|NotFound)$/.test(name ?? '') && status < 500) return notS3(cause);
  } else if (/XML parse error|Deserialization error/.test(message ?? '')) {
    return notS3(cause);
  } else if (code === undefined && name !== 'TimeoutError') {
    return cause; // the stream that was given failed
  }
  const tls = explainTlsError(cause);
  if (tls?.kind === 'plain') {
    return new Problem('STORAGE_NOT_S3', `The endpoint of the object storage is https://, but ${tls.why}.`, {
      field: 'STORAGE_URL',
      status: 503,
      fix: 'Write http:// (inside the cluster only), or give the storage a certificate; check the port.',
      cause,
    });
  }
  if (tls) {
    return new Problem(
      'STORAGE_UNTRUSTED',
      `The object storage's certificate is not to be trusted: ${tls.why}.`,
      {
        field: 'ca.crt',
        status: 503,
        fix: 'Give the storage a certificate that names its host, and its authority in ca.crt (TLS_CA_FILE) here.',
        cause,
      },
    );
  }
  return new Problem('STORAGE_AWAY', `The object storage does not answer (${code ?? name ?? message}).`, {
    field: 'STORAGE_URL',
    status: 503,
    fix: 'Check that it runs and that its address is right, then try again.',
    cause,
  });
}

function refused(message: string, what: string, cause: unknown): Problem {
  return new Problem('STORAGE_REFUSED', message, {
    field: 'STORAGE_URL',
    fix: `${what} STORAGE_URL or storage.json.`,
    cause,
  });
}

/** What answers at the endpoint is some other server. */
export function notS3(cause: unknown): Problem {
  return new Problem('STORAGE_NOT_S3', 'What answers at the endpoint of the object storage is not S3.', {
    field: 'STORAGE_URL',
    status: 503,
    fix: 'Check host, port and http or https of the endpoint (MinIO: 9000, not its console) in STORAGE_URL or storage.json.',
    cause,
  });
}
