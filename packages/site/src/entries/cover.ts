import type { Picture } from '@homepage/contract';
import { findMedia } from '../media/media.ts';
import { mediaUrl } from '../media/resolve.ts';
import { pictureSources } from '../media/variants.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

export async function coverOf(
  db: Kysely<Tables>,
  row: { cover_hash: string | null; cover_name: string | null; cover_alt: string },
): Promise<Picture | null> {
  if (!row.cover_hash || !row.cover_name) return null;
  const media = await findMedia(db, row.cover_hash);
  return {
    src: mediaUrl(row.cover_hash, row.cover_name),
    alt: row.cover_alt,
    width: media?.width ?? null,
    height: media?.height ?? null,
    ...(media ? pictureSources(media, row.cover_name) : { sources: [], sizes: '' }),
  };
}
