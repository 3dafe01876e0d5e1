// Generated from the migrations by npm run types; never edited.

/** What edge functions themselves refuse or fail with: code, HTTP status, a sentence for people. */
export const refusals = {
  sign_in_required: [401, 'Nobody is signed in, or the token is no longer good.'],
  secret_key_required: [401, 'A function for servers was called without the secret key.'],
  calendar_not_found: [404, 'There is no calendar at this address (any more).'],
  invalid_body: [
    400,
    'The body of a call to a function is not JSON of the right shape; the detail names the field.',
  ],
  body_too_large: [413, 'The body of a call to a function is too large.'],
  method_not_allowed: [405, 'Functions are called with POST, calendar-export with GET.'],
  invalid_token: [400, 'The link to turn letters off is not one of ours, or not whole.'],
  already_paid: [409, 'This booking is paid, or authorised and with the host.'],
  hold_expired: [409, 'The nights are no longer held, or for less than a minute; book again.'],
  payments_unavailable: [503, 'Stripe did not answer; ask again, it will be the same payment.'],
  invalid_signature: [
    400,
    'Server: the webhook was not signed by Stripe with our secret, or not within five minutes.',
  ],
  thin_event: [400, 'Server: this webhook takes snapshot events only.'],
  invalid_cursor: [400, '`after` is the cursor of a row found by the same call.'],
  invalid_page_size: [400, 'A page has at least one row.'],
  invalid_document: [
    400,
    'The document is not valid GraphQL or asks for something the schema does not have; the detail says where.',
  ],
  invalid_variables: [
    400,
    'A variable is missing or does not have the type that the document declares.',
  ],
  query_too_costly: [400, 'The document asks for too much at once; the detail names the limit.'],
  unknown_document: [404, 'Only documents on the list are accepted, and this hash is not on it.'],
  answer_too_large: [413, 'The answer would be over 2 MB; ask for fewer rows or fields.'],
  try_again: [503, 'Too many at once, or a part does not answer; nothing happened, try again.'],
  not_configured: [500, 'A setting of the function is missing; the detail names it.'],
  internal_error: [500, 'Something went wrong on our side; nothing was decided.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;
