import type { Stripe } from 'stripe';

/** What stands in the `error` member of a refused request. */
export interface ErrorBody {
  type: string;
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
  payment_method_type?: string;
  doc_url?: string;
  request_log_url?: string;
}

/** An answer other than success: thrown by a handler, sent as Stripe would send it. */
export class StripeFailure extends Error {
  status: number;
  body: ErrorBody;
  /** False when no endpoint began to run, so that Stripe keeps nothing under the idempotency key. */
  keep: boolean;
  headers: Record<string, string>;

  constructor(
    status: number,
    body: ErrorBody,
    options: { keep?: boolean; headers?: Record<string, string> } = {},
  ) {
    super(body.message);
    this.status = status;
    this.body = body.code
      ? {
        ...body,
        doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}`,
      }
      : body;
    this.keep = options.keep ?? true;
    this.headers = options.headers ?? {};
  }
}

/** 400 for what the request says; `param` names the parameter at fault. */
export function invalid(message: string, code?: string, param?: string): StripeFailure {
  return new StripeFailure(400, {
    type: 'invalid_request_error',
    message,
    ...(code ? { code } : {}),
    ...(param ? { param } : {}),
  });
}

/** 400 found before the endpoint began, so never kept under an idempotency key. */
export function malformed(message: string, code?: string, param?: string): StripeFailure {
  return new StripeFailure(400, invalid(message, code, param).body, { keep: false });
}

/** 404 for an object in the path, 400 for one named by a parameter. */
export function missing(kind: string, id: string, param: string, status = 404): StripeFailure {
  return new StripeFailure(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  });
}
