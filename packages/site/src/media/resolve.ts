import type { Kysely } from 'kysely';
import type { Picture } from '@homepage/markdown';
import type { Tables } from '../database/tables.ts';
import { pictureSources } from './variants.ts';

export const mediaUrl = (hash: string, name: string): string => `/media/${hash}/${encodeURIComponent(name)}`;
export const mediaKey = (hash: string): string => `media/${hash}`;

export type MediaResolver = {
  picture(url: string): Picture | undefined;
  link(url: string): string | undefined;
};

/** Gives the renderer the stored address of each file that an entry shows or links, and the size of pictures. */
export async function mediaResolver(
  db: Kysely<Tables>,
  media: { hash: string; name: string; path: string }[],
): Promise<MediaResolver> {
  if (media.length === 0) return { picture: () => undefined, link: () => undefined };
  const rows = await db
    .selectFrom('media')
    .select(['hash', 'content_type as contentType', 'width', 'height', 'animated'])
    .where(
      'hash',
      'in',
      media.map((file) => file.hash),
    )
    .execute();
  const sizes = new Map(rows.map((row) => [row.hash, row]));
  const pictures = new Map(
    media.map((file): [string, Picture] => {
      const size = sizes.get(file.hash);
      return [
        file.path,
        {
          src: mediaUrl(file.hash, file.name),
          width: size?.width ?? undefined,
          height: size?.height ?? undefined,
          ...(size && pictureSources(size, file.name)),
        },
      ];
    }),
  );
  return { picture: (url) => pictures.get(url), link: (url) => pictures.get(url)?.src };
}
