/**
 * Every secret in Vault's KV store, the same in each environment: kv/<environment>/<path>. Who may read it, what it is for,
 * and how it is changed. Certificates are not here: Vault makes them.
 */
export type Secret = {
  /** "<owner>/<name>" */
  path: string;
  /** what it holds */
  keys: Record<string, Source>;
  /** services that may read it */
  readers: string[];
  /** when a key changes, what it was goes to that other one */
  keeps?: Record<string, string>;
  use: string;
  rotation: string;
};

/**
 * key (32 bytes in base64), password, name: random, made by `homepage vault up` when it is missing.
 * given: a person has it. optional: it may be missing.
 */
export type Source = 'key' | 'password' | 'name' | 'given' | 'optional';

const OFF_SITE =
  'offSite: the address of a second place, s3://key:secret@bucket/prefix?endpoint=https://host';

/** Of a user of Valkey, whose list of users takes the one before as well. */
const password = {
  keys: { password: 'password', previous: 'optional' },
  keeps: { password: 'previous' },
} satisfies Partial<Secret>;

export const secrets: Secret[] = [
  {
    path: 'api/session-key',
    keys: { current: 'key', previous: 'optional' },
    keeps: { current: 'previous' },
    readers: ['api'],
    use: 'The API signs links to drafts with it.',
    rotation: 'Any time: the current key becomes the previous one, which is believed until the next change.',
  },
  {
    path: 'api/github',
    keys: { clientId: 'given', clientSecret: 'given' },
    readers: ['api'],
    use: 'The owner signs in through this OAuth application of GitHub.',
    rotation: 'Make a second client secret at GitHub, set it here, then remove the first one there.',
  },
  {
    path: 'valkey/user-api',
    ...password,
    readers: ['api', 'valkey', 'valkey-sentinel'],
    use: 'The password of the user "api" of Valkey, and of the Sentinels where there are some.',
    rotation:
      'Any time, as those of the others; Sentinels read their list at their start: restart them one by one before the next change.',
  },
  ...['exporter', 'reloader'].map((user): Secret => ({
    path: `valkey/user-${user}`,
    ...password,
    readers: [`valkey-${user}`, 'valkey'],
    use: `The password of Valkey's user "${user}".`,
    rotation:
      'Any time: Valkey reads its list of users anew and takes the new password and the one before, until the next change.',
  })),
  {
    path: 'valkey/user-replica',
    ...password,
    readers: ['valkey'],
    use: 'A Valkey copies from the master as this user, where there are several.',
    rotation:
      'Any time: their lists take the new password and the one before. What a copy signs in with is read at its start: restart Valkeys one by one before the next change.',
  },
  {
    path: 'valkey/user-sentinel',
    ...password,
    readers: ['valkey', 'valkey-sentinel'],
    use: 'Sentinels look at Valkeys as this user, and make another one the master, where there are several.',
    rotation:
      'Any time: lists of Valkeys take the new password and the one before. Sentinels read theirs at their start: restart them one by one before the next change.',
  },
  {
    path: 'valkey/user-peer',
    ...password,
    readers: ['valkey-sentinel'],
    use: 'Sentinels talk to each other as this user, where there are several Valkeys.',
    rotation:
      'Change it, then restart all Sentinels one after the other: they read both, list and password, at their start, and those that were not yet refuse those that were.',
  },
  {
    path: 'minio/root',
    keys: { user: 'name', password: 'password' },
    readers: ['minio', 'minio-setup'],
    use: 'Sets the object storage up; no service that serves has it.',
    rotation: 'Change it and restart MinIO.',
  },
  {
    path: 'minio/site',
    keys: { accessKey: 'name', secretKey: 'password' },
    readers: ['api', 'backup', 'minio-setup'],
    use: 'Reads and writes pictures in the bucket of the site.',
    rotation: 'Make a second access key in MinIO, set it here, then remove the first one there.',
  },
  {
    path: 'minio/backup-writer',
    keys: { accessKey: 'name', secretKey: 'password', offSite: 'optional' },
    readers: ['backup', 'backup-verify', 'minio-setup'],
    use: `Writes backups and reads them; it removes none. ${OFF_SITE}`,
    rotation: 'As minio/site; what is off this site, at its provider.',
  },
  {
    path: 'minio/backup-pruner',
    keys: { accessKey: 'name', secretKey: 'password', offSite: 'optional' },
    readers: ['backup-prune', 'minio-setup'],
    use: `Removes backups that are old. ${OFF_SITE}`,
    rotation: 'As minio/backup-writer.',
  },
  {
    path: 'minio/backup-reader',
    keys: { accessKey: 'name', secretKey: 'password', offSite: 'optional' },
    readers: ['api', 'minio-setup'],
    use: `The API shows with it how the backups are; it reads none. ${OFF_SITE}`,
    rotation: 'As minio/backup-writer.',
  },
  {
    path: 'minio/postgresql',
    keys: { accessKey: 'name', secretKey: 'password' },
    readers: ['minio-setup'],
    use: 'CloudNativePG keeps its log of changes and its copies in the bucket "postgresql" with it, in prod-ha.',
    rotation: 'As minio/site; CloudNativePG has it from the Secret postgresql-object-store.',
  },
];

/** Nobody reads a value to see whether it is there: Vault tells the names of keys alone. */
export const missingKeys = ({ keys }: Secret, there: string[]): string[] =>
  Object.keys(keys).filter((key) => keys[key] !== 'optional' && !there.includes(key));
