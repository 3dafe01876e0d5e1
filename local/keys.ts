import { createHmac } from 'node:crypto';

/**
 * The keys of a local stack: those of the Supabase CLI's, public knowledge and the same on every
 * machine. They open nothing but a server on 127.0.0.1.
 */
export const keys = {
  publishable: 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH',
  secret: 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz',
  jwtSecret: 'super-secret-jwt-token-with-at-least-32-characters-long',
} as const;

/** Signs claims as Auth does (HS256); times are seconds since 1970. */
export function signToken(claims: Record<string, unknown>): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createHmac('sha256', keys.jwtSecret).update(content).digest('base64url');
  return `${content}.${signature}`;
}

/** What PostgREST is shown in place of a key. */
export const roleToken = {
  anon: signToken({ role: 'anon', aud: 'authenticated' }),
  service_role: signToken({ role: 'service_role', aud: 'authenticated' }),
} as const;
