import { StripeFailure } from './errors.ts';

/** The publishable key that belongs to a secret (or restricted) one. */
export function publishableKeyOf(secretKey: string): string {
  return secretKey.replace(/^(sk|rk)_/, 'pk_');
}

/**
 * Whose key a request bears: Bearer, Basic, or (Stripe.js) the parameter `key`.
 * @throws StripeFailure 401 for none or a wrong one
 */
export function checkKey(
  authorization: string | undefined,
  parameter: unknown,
  secretKey: string,
): 'secret' | 'publishable' {
  const given = bearer(authorization) ?? (typeof parameter === 'string' ? parameter : '');
  if (given === secretKey) return 'secret';
  if (given === publishableKeyOf(secretKey)) return 'publishable';
  throw new StripeFailure(401, {
    type: 'invalid_request_error',
    message: given === ''
      ? 'You did not provide an API key. You need to provide your API key in the Authorization ' +
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(8)}${given.slice(-4)}`,
  }, { keep: false, headers: { 'www-authenticate': 'Bearer realm="Stripe"' } });
}

/** The 401 for a publishable key where a secret one is needed. */
export function secretKeyRequired(): StripeFailure {
  return new StripeFailure(401, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message:
      'This API call cannot be made with a publishable API key. Please use a secret API key.',
  }, { keep: false });
}

function bearer(header: string | undefined): string | undefined {
  const [scheme, value = ''] = header?.split(' ') ?? [];
  if (/^bearer$/i.test(scheme ?? '')) return value;
  if (!/^basic$/i.test(scheme ?? '')) return undefined;
  return Buffer.from(value, 'base64').toString().split(':')[0];
}
