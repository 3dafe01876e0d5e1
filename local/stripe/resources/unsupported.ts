import { invalid } from '../http/errors.ts';

/**
 * Refuses a parameter which Stripe has and the fake would not act upon, so that no test passes
 * because something was silently ignored.
 */
export function honoured(params: Record<string, unknown>, known: string[]): void {
  const ignored = Object.keys(params).find((name) => !known.includes(name));
  if (!ignored) return;
  throw invalid(`The fake Stripe does not act on '${ignored}'.`, 'fake_not_supported', ignored);
}
