/** No secret is in a manifest, nor in a variable. */
import { exceptions } from '../expected.ts';
import { finding, type Check } from '../finding.ts';
import { nameOf } from '../network/world.ts';
import { leaves } from '../resource.ts';
import { eachContainer, eachOfKind, eachResource, inWorkload } from './each.ts';

/** What a secret looks like, whatever it is called. */
const SHAPES: [shape: RegExp, name: string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/, 'a key of age'],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/, 'a token of GitHub'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\bhv[sb]\.[A-Za-z0-9_-]{20,}/, 'a token of Vault'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./, 'a signed token'],
  [/[a-z][a-z0-9+]*:\/\/[^\s/:@{}]*:[^\s/@{}]+@/, 'an address with a password'],
];
const SECRET_NAME = /(password|passwd|secret|token|api_?key|access_?key|session_?key|private_?key)$/i;
/** Names like these hold where a secret is, not what it is. */
const PLACE = /^(\/|\$\(|https?:\/\/|s3:\/\/|true$|false$|\d+$|$)/;

export const noSecrets: Check = {
  number: 31,
  name: 'no secret in a manifest',
  why: 'Git keeps it for ever, and everybody who may read the repository has it.',
  run: (rendered) => [
    ...eachOfKind<{ data?: Record<string, string>; stringData?: Record<string, string> }>(
      rendered,
      'Secret',
      (secret, overlay) =>
        (secret.data !== undefined || secret.stringData !== undefined) &&
        finding(
          overlay,
          secret,
          secret.data ? 'data' : 'stringData',
          'a Secret is rendered with its data',
          'Let Vault, cert-manager or a job make it.',
        ),
    ),
    ...eachResource(rendered, (resource, overlay) =>
      [...leaves(resource)].flatMap(({ path, value }) =>
        SHAPES.filter(([shape]) => shape.test(String(value))).map(([, name]) =>
          finding(overlay, resource, path, `this looks like ${name}`, 'Revoke it, and keep it in Vault.'),
        ),
      ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ name, value }) => SECRET_NAME.test(name) && value !== undefined && !PLACE.test(value))
        .map(({ name }) =>
          inWorkload(
            workload,
            `${path}.env`,
            `the value of ${name} is written here`,
            'Read it from a file of /vault/secrets.',
          ),
        ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ value, valueFrom }) => value === undefined && Object.keys(valueFrom ?? {}).length === 0)
        .map(({ name }) =>
          inWorkload(workload, `${path}.env`, `${name} has no value`, 'Write one, or remove it.'),
        ),
    ),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ valueFrom }) => valueFrom?.secretKeyRef)
        .filter(({ name }) => !(`${nameOf(workload)} ${name}` in exceptions.variable))
        .map(({ name }) =>
          inWorkload(
            workload,
            `${path}.env`,
            `${name} is a secret in the environment`,
            'Children, crash reports and /proc show it: mount a file.',
          ),
        ),
    ),
  ],
};
