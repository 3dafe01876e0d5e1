// Generated from the migrations by npm run types; never edited.

/** What edge functions themselves refuse or fail with: code, HTTP status, a sentence for people. */
export const refusals = {
  sign_in_required: [401, 'Nobody is signed in, or the access token is invalid or expired.'],
  secret_key_required: [
    401,
    'This function is for servers and must be called with the secret key.',
  ],
  calendar_not_found: [404, 'There is no calendar at this address, or it was removed.'],
  invalid_body: [
    400,
    'The request body is not JSON of the expected shape; the detail names the field.',
  ],
  body_too_large: [413, 'The request body is too large.'],
  method_not_allowed: [405, 'Call functions with POST, and calendar-export with GET.'],
  invalid_token: [400, 'This unsubscribe link is invalid or incomplete.'],
  already_paid: [409, 'This booking is already paid, or authorised and waiting for the host.'],
  hold_expired: [
    409,
    'The nights are no longer held, or for less than another minute; book again.',
  ],
  payments_unavailable: [503, 'Stripe did not respond. Try again: it will be the same payment.'],
  invalid_signature: [
    400,
    'Server: the webhook was not signed by Stripe with our secret, or more than five minutes ago.',
  ],
  thin_event: [400, 'Server: this webhook only accepts snapshot events.'],
  invalid_cursor: [400, '`after` must be the cursor of a row from the same search or list.'],
  invalid_page_size: [400, 'A page must have at least one row.'],
  too_many_results: [
    400,
    'Ask for at most 100 rows per page, and for 100 listings or property types at once.',
  ],
  invalid_document: [
    400,
    'The document is not valid GraphQL or asks for something that is not in the schema; the detail says where.',
  ],
  invalid_variables: [
    400,
    'A variable is missing or does not have the type declared in the document.',
  ],
  query_too_costly: [400, 'The document asks for too much at once; the detail names the limit.'],
  unknown_document: [
    404,
    'Only documents on the allow-list are accepted, and this hash is not on it.',
  ],
  answer_too_large: [413, 'The response would be larger than 2 MB; ask for fewer rows or fields.'],
  try_again: [
    503,
    'The server is busy or a service does not respond. Nothing was changed; try again.',
  ],
  not_configured: [500, 'A setting of this function is missing; the detail names it.'],
  internal_error: [500, 'Something went wrong on our side; nothing was decided.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;
