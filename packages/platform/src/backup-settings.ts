/** The variables BACKUP_…: where backups go, who can read them, and how long they stay. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { z } from 'zod';
import { invalid } from './secrets/certificate.ts';
import { readSecretFile } from './secrets/secret-files.ts';
import { keylessLocation, storageLocation, type StorageLocation } from './storage/location.ts';

const ADDRESS = 'file:///a/folder or s3://key:secret@bucket/prefix?endpoint=https://host';

const list = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => part !== ''), 'must not have an empty part between commas');
const wholeNumber = z
  .string()
  .trim()
  .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999')
  .transform(Number);

export const backupVariables = {
  BACKUP_TO: list
    .refine(
      (parts) => parts.every((part) => storageLocation(part) !== undefined),
      `must be ${ADDRESS}; a second one, off this site, after a comma`,
    )
    .optional(),
  BACKUP_RECIPIENTS: list
    .refine(
      (parts) => parts.every((part) => /^age1[a-z0-9]{20,}$/.test(part)),
      'must be public keys of age (age1…), with commas between',
    )
    .optional(),
  BACKUP_IDENTITY_FILE: z.string().trim().min(1, 'must not be blank').optional(),
  BACKUP_KEEP_DAYS: wholeNumber.default(7),
  BACKUP_KEEP_AT_LEAST: wholeNumber.default(4),
};

export type BackupSettings = {
  /** the first target, then those off this site; empty: none was named */
  to: StorageLocation[];
  /** public keys of age that backups are encrypted for; empty: not encrypted */
  recipients: string[];
  /** file with the private key of age, for verifying and restoring */
  identityFile: string | undefined;
  keepDays: number;
  /** so many are kept however old they are */
  keepAtLeast: number;
};

type Values = z.infer<z.ZodObject<typeof backupVariables>>;

/** In SECRETS_DIR: what BACKUP_TO holds, an address a line, so that its keys need not be in the environment. */
export const BACKUP_TO_FILE = 'backup-to';

/**
 * @param file BACKUP_TO_FILE in the folder of secrets; BACKUP_TO wins over it
 * @param ca PEM of our own authority
 * @throws Problem SECRET_UNREADABLE, SECRET_INVALID
 */
export function backupSettings(value: Values, root: string, file?: string, ca?: string): BackupSettings {
  const addresses = value.BACKUP_TO?.map((address) => backupTarget(address, { ca })!);
  return {
    to: addresses ?? (file === undefined ? [] : targetsIn(file, ca)),
    recipients: value.BACKUP_RECIPIENTS ?? [],
    identityFile: value.BACKUP_IDENTITY_FILE && resolve(root, value.BACKUP_IDENTITY_FILE),
    keepDays: value.BACKUP_KEEP_DAYS,
    keepAtLeast: value.BACKUP_KEEP_AT_LEAST,
  };
}

function targetsIn(file: string, ca: string | undefined): StorageLocation[] {
  if (!existsSync(file)) return [];
  const lines = readSecretFile(file).trim().split(/\r?\n/);
  return lines.map((line, at) => {
    const location = backupTarget(line.trim(), { ca });
    if (location) return location;
    throw invalid(file, `has no address in line ${at + 1}`, `It holds ${ADDRESS}, one a line.`);
  });
}

/**
 * @param ca PEM of our own authority: a target may be ours, or out in the world
 * @param known whose keys an address without keys takes, when it is in the same bucket
 * @returns undefined when it is no address of a target, or there are no keys for it
 */
export function backupTarget(
  address: string,
  { ca, known = [] }: { ca?: string | undefined; known?: StorageLocation[] },
): StorageLocation | undefined {
  const trusted = ca === undefined ? undefined : [ca, ...rootCertificates].join('\n');
  return storageLocation(address, trusted) ?? keylessLocation(address, known);
}
