/** Everything that the bootstrap Vault must be: a Transit key, one right to use it, and one to look whether all is there. */
import { at, mount, policy, type DesiredState } from '../state/setting.ts';
import { fill } from './files.ts';
import { auditDevices, OPERATOR_POLICY } from './primary.ts';

export const SEAL_POLICY = 'seal';
const TRANSIT = 'transit';
const KEY = 'primary';

export function bootstrapState({ folder, auditLog }: { folder: string; auditLog: string }): DesiredState {
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
      policy(SEAL_POLICY, fill(folder, 'bootstrap/seal.hcl', {})),
      policy(OPERATOR_POLICY, fill(folder, 'bootstrap/operator.hcl', {})),
    ],
    collections: [
      {
        kind: 'policy',
        list: 'sys/policies/acl',
        also: ['root', 'default'],
        wanted: [SEAL_POLICY, OPERATOR_POLICY],
        remove: (name) => `sys/policies/acl/${name}`,
      },
    ],
  };
}
