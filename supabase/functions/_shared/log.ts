import type Stripe from 'stripe';
import { Problem } from './problem.ts';
import { currentTrace } from './trace.ts';

/** What a log line tells: ids, codes and numbers, never names, addresses, keys or cards. */
export type Note = Record<string, string | number | boolean | undefined>;

export type Level = 'info' | 'warn' | 'error';

/** Writes one line of JSON, with the function and the request that it is about. */
export function log(line: Note, level: Level = 'info'): void {
  const { function: name, requestId } = currentTrace() ?? {};
  const at = new Date().toISOString();
  console.log(JSON.stringify({ at, level, function: name, request_id: requestId, ...line }));
}

/** What went wrong, for logs and for the database: codes and ids where there are some. */
export function causeOf(error: unknown): string {
  if (isStripeError(error)) {
    const { type, code, decline_code: decline, statusCode, requestId } = error;
    return ['stripe', type, code, decline, statusCode, requestId].filter(Boolean).join(' ');
  }
  if (error instanceof Problem) {
    const { cause, code, detail } = error;
    if (code === 'not_configured') return detail;
    return cause === undefined ? code : `${code}: ${causeOf(cause)}`;
  }
  return error instanceof Error ? redacted(`${error.name}: ${error.message}`) : 'unknown';
}

/** By its name: a function that does not talk to Stripe need not load Stripe's package for its log. */
const isStripeError = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Error && /^Stripe\w*Error$/.test((error as { type?: string }).type ?? '');

/** Removes what looks like a key, a token, a card or an address. */
export function redacted(text: string): string {
  return text
    .replaceAll(/\b(?:sk|rk|pk|whsec|sb_secret|sb_publishable)_[\w-]+/g, '[key]')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]')
    .replaceAll(/\bpi_\w+_secret_\w+/g, '[client secret]')
    .replaceAll(/[^\s@<>]+@[^\s@<>]+/g, '[address]')
    .replaceAll(/\b\d(?:[ -]?\d){12,18}\b/g, '[number]')
    .slice(0, 300);
}
