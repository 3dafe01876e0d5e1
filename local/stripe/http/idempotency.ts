import { createHash } from 'node:crypto';
import type { KeptAnswer, State } from '../state.ts';
import { StripeFailure } from './errors.ts';

const day = 86_400;

/** A request under an idempotency key. */
export interface KeyedRequest {
  endpoint: string;
  /** The body as sent: the same key must come with the same. */
  text: string;
  requestId: string;
  v2: boolean;
}

/**
 * Gives the first answer to an idempotency key again. v1 keeps a key for 24 hours and replays
 * everything, errors of 500 too; v2 keeps it for 30 days and runs a failed request anew.
 * @returns undefined when the request is to run
 * @throws StripeFailure 400 for other parameters or another endpoint
 */
export function keptAnswer(
  state: State,
  key: string,
  request: KeyedRequest,
  now: number,
): KeptAnswer | undefined {
  const slot = slotOf(key, request);
  const known = state.kept.get(slot);
  if (!known) return undefined;
  if (known.created <= now - (request.v2 ? 30 : 1) * day) {
    state.kept.delete(slot);
    return undefined;
  }
  if (known.endpoint !== request.endpoint) {
    throw mismatch(
      `Keys for idempotent requests can only be used for the same endpoint they were first used ` +
        `for ('${request.endpoint}' vs '${known.endpoint}'). Try using a key other than '${key}' ` +
        'if you meant to execute a different request.',
    );
  }
  if (known.parameters !== digest(request.text)) {
    throw mismatch(
      'Keys for idempotent requests can only be used with the same parameters they were first ' +
        `used with. Try using a key other than '${key}' if you meant to execute a different ` +
        'request.',
    );
  }
  return request.v2 && known.status >= 400 ? undefined : known;
}

/** Keeps the first answer to a key. */
export function keepAnswer(
  state: State,
  key: string,
  request: KeyedRequest,
  now: number,
  answer: Pick<KeptAnswer, 'status' | 'body' | 'headers'>,
): void {
  state.kept.set(slotOf(key, request), {
    endpoint: request.endpoint,
    parameters: digest(request.text),
    created: now,
    requestId: request.requestId,
    ...structuredClone(answer),
  });
}

/** @throws StripeFailure 400 for a key longer than Stripe takes */
export function checkKeyLength(key: string): void {
  if (key.length <= 255) return;
  throw mismatch('Idempotency keys must be at most 255 characters.');
}

function slotOf(key: string, { v2 }: KeyedRequest): string {
  return `${v2 ? 'v2' : 'v1'} ${key}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The 409 for a key whose first request has not ended. */
export function keyInUse(key: string): StripeFailure {
  return new StripeFailure(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that ` +
      `probably means you submitted twice, and the other request is still going through): ${key}. ` +
      'Please try again later.',
  }, { keep: false });
}

function mismatch(message: string): StripeFailure {
  return new StripeFailure(400, { type: 'idempotency_error', message }, { keep: false });
}
