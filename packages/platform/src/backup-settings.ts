/** The variables BACKUP_…: where backups go, who can read them, and how long they stay. */
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { z } from 'zod';
import { storageLocation, type StorageLocation } from './storage/location.ts';

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

/** @param ca PEM of our own authority: a target may be ours, or out in the world */
export function backupSettings(value: Values, root: string, ca?: string): BackupSettings {
  const trusted = ca === undefined ? undefined : [ca, ...rootCertificates].join('\n');
  return {
    to: (value.BACKUP_TO ?? []).map((address) => storageLocation(address, trusted)!),
    recipients: value.BACKUP_RECIPIENTS ?? [],
    identityFile: value.BACKUP_IDENTITY_FILE && resolve(root, value.BACKUP_IDENTITY_FILE),
    keepDays: value.BACKUP_KEEP_DAYS,
    keepAtLeast: value.BACKUP_KEEP_AT_LEAST,
  };
}
