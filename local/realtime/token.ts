import { keys, signAgain } from '../keys.ts';

/** The claims of a token, as passed to Postgres. */
export interface Claims {
  role: 'anon' | 'authenticated';
  /** When it expires, in seconds since 1970; the publishable key never does. */
  exp: number | undefined;
  sub?: string;
  [claim: string]: unknown;
}

/** Why a token is rejected. */
export class BadToken extends Error {}

/**
 * Who a client is: a person with a token of Auth, or anyone with the publishable key. The secret key opens
 * nothing here: what a server wants to know, it asks the database.
 * @throws BadToken
 */
export function claimsOf(token: unknown): Claims {
  if (token === undefined || token === null || token === keys.publishable) {
    return { role: 'anon', exp: undefined };
  }
  // Whoever did not sign it gets it back as it is.
  if (typeof token !== 'string' || signAgain(token, '-') === token) {
    throw new BadToken('Failed to validate JWT signature');
  }
  const [head, content] = token.split('.');
  const claims = JSON.parse(Buffer.from(content ?? '', 'base64url').toString('utf8')) as Claims;
  const { alg } = JSON.parse(Buffer.from(head ?? '', 'base64url').toString('utf8'));
  if (alg !== 'HS256' || claims.role !== 'authenticated' || typeof claims.exp !== 'number') {
    throw new BadToken('Fields `role` and `exp` are required in JWT');
  }
  if (claims.exp * 1000 <= Date.now()) throw new BadToken(expired(claims.exp));
  return claims;
}

export const expired = (exp: number): string =>
  `Token has expired ${Math.max(0, Math.round(Date.now() / 1000 - exp))} seconds ago`;
