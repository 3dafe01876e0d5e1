import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The keys of a local stack: those of the Supabase CLI's, public knowledge and the same on every
 * machine. They open nothing but a server on 127.0.0.1.
 */
export const keys = {
  publishable: 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH',
  secret: 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz',
  jwtSecret: 'super-secret-jwt-token-with-at-least-32-characters-long',
} as const;

/** What opens the metrics of a stack on this machine, as well known as its keys. */
export const metricsToken = 'staybase-local-metrics-token';

/** Signs claims as Auth does (HS256); times are seconds since 1970. */
export function signToken(
  claims: Record<string, unknown>,
  secret: string = keys.jwtSecret,
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${signatureOf(content, secret)}`;
}

const signatureOf = (content: string, secret: string) =>
  createHmac('sha256', secret).update(content).digest('base64url');

/** What PostgREST is shown in place of a key. */
export const roleToken = (role: 'anon' | 'service_role', secret: string) =>
  signToken({ role, aud: 'authenticated' }, secret);

/**
 * A token of Auth's, signed again for a PostgREST that knows another secret. One that Auth did not sign
 * stays as it is, and is refused there.
 */
export function signAgain(token: string, secret: string): string {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const content = `${header}.${claims}`;
  const own = Buffer.from(signatureOf(content, keys.jwtSecret));
  const given = Buffer.from(signature);
  const isOurs = own.length === given.length && timingSafeEqual(own, given);
  return isOurs ? `${content}.${signatureOf(content, secret)}` : token;
}

/** The role that a token claims; nothing is checked. */
export function roleClaimed(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims?.role === 'string' ? claims.role : undefined;
  } catch {
    return undefined;
  }
}
