/** Seconds that a signature may be old, or ahead. */
export const tolerance = 300;

/** Whether a `Stripe-Signature` is dated too far ahead: the SDK refuses old signatures only. */
export function isFromTheFuture(signature: string): boolean {
  const timestamp = Number(/(?:^|,)\s*t=(\d+)/.exec(signature)?.[1]);
  return timestamp - Date.now() / 1000 > tolerance;
}
