/**
 * Everything that the bootstrap Vault must be: a Transit key, one right to use it, one sign-in that takes snapshots, and a right
 * to look whether all is there.
 */
import { at, auth, mount, type DesiredState } from '../state/setting.ts';
import { APPROLE, roleOf, type Environment } from './environment.ts';
import { auditDevices, OPERATOR_POLICY, policyOf, signIn } from './primary.ts';

export const SEAL_POLICY = 'seal';
const TRANSIT = 'transit';
const KEY = 'primary';
const HOUR = 3600;

/** The one job here. Its name says whose snapshots it takes, since the primary has one, too. */
export const BOOTSTRAP = 'bootstrap';
export const SNAPSHOT_JOB = 'snapshot';

type BootstrapOptions = {
  /** deploy/vault */
  folder: string;
  /** of the audit log, as the server sees it */
  auditLog: string;
  /** whose networks the job may sign in from */
  environments: Environment[];
};

export function bootstrapState({ folder, auditLog, environments }: BootstrapOptions): DesiredState {
  const snapshot = roleOf(BOOTSTRAP, SNAPSHOT_JOB);
  const networks = [...new Set(environments.flatMap((environment) => environment.networks))];
  const key = `${TRANSIT}/keys/${KEY}`;
  return {
    settings: [
      ...auditDevices(auditLog),
      mount(TRANSIT, { type: 'transit', description: 'The key that opens the primary Vault' }),
      at(
        `key ${TRANSIT}/${KEY}`,
        key,
        { type: 'aes256-gcm96', deletion_allowed: false, exportable: false, allow_plaintext_backup: false },
        {
          create: {
            path: key,
            body: { type: 'aes256-gcm96', exportable: false, allow_plaintext_backup: false },
          },
          change: { path: `${key}/config`, body: { deletion_allowed: false } },
          // Without this very key the primary stays sealed for ever.
          fixed: ['type', 'exportable', 'allow_plaintext_backup'],
        },
      ),
      policyOf(folder, SEAL_POLICY, 'bootstrap/seal.hcl'),
      auth(APPROLE, { type: 'approle', description: 'Sign-in of the job that takes snapshots' }),
      policyOf(folder, snapshot, 'bootstrap/snapshot.hcl'),
      signIn({ name: BOOTSTRAP, networks }, SNAPSHOT_JOB, { longest: HOUR }),
      policyOf(folder, OPERATOR_POLICY, 'bootstrap/operator.hcl'),
    ],
    collections: [
      {
        kind: 'policy',
        list: 'sys/policies/acl',
        also: ['root', 'default'],
        wanted: [SEAL_POLICY, OPERATOR_POLICY, snapshot],
        remove: (name) => `sys/policies/acl/${name}`,
      },
      {
        kind: 'sign-in of',
        list: `auth/${APPROLE}/role`,
        wanted: [snapshot],
        remove: (name) => `auth/${APPROLE}/role/${name}`,
      },
    ],
  };
}
