/**
 * The oldest release that works on the schema of this one, named by its newest migration; `homepage migrate` writes it
 * into the database. It rises only with a migration that takes something away (docs/how-to/change-the-schema.md).
 */
export const READABLE_FROM = '0008-lists';

export const READABLE_FROM_KEY = 'schema_readable_from';
