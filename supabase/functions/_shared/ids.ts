import { z } from 'zod';

/** What `uuid_in` of Postgres reads: 32 hex digits, hyphens after any four of them, braces or none. */
const written = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i;

/**
 * An id in the one way Postgres writes it, or null for what Postgres does not read as a uuid. Any 128 bits are
 * one, such as a digest: `z.uuid()` asks for the version and variant of RFC 9562, and refuses ids that
 * bookings have.
 */
export function uuidOrNull(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  if (!written.test(bare)) return null;
  const digits = bare.replaceAll('-', '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** An id as a client or the database sends it; becomes what Postgres writes. */
export const uuid = z.string().transform((text, context) => {
  const id = uuidOrNull(text);
  if (id !== null) return id;
  context.addIssue('is not a uuid');
  return z.NEVER;
});
