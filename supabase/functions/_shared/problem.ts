/**
 * What a function itself refuses or fails with: the code, its HTTP status and a sentence for people.
 * Codes of the database pass through beside these; `types/errors.ts` lists both.
 */
export const problems = {
  invalid_body: [400, 'The body is not what this function takes.'],
  invalid_signature: [400, 'This was not signed by Stripe for this endpoint, or too long ago.'],
  invalid_token: [400, 'This link is not one of ours, or not whole.'],
  thin_event: [400, 'This endpoint takes snapshot events; send thin events elsewhere.'],
  invalid_document: [400, 'The document is not GraphQL, or asks for what is not in the schema.'],
  invalid_variables: [400, 'The variables are not those that the document declares.'],
  invalid_page_size: [400, 'A page has 0 to 100 rows.'],
  invalid_cursor: [400, 'The cursor is not one that this field gave.'],
  query_too_costly: [400, 'The document asks for too much at once.'],
  sign_in_required: [401, 'This needs a signed-in person.'],
  secret_key_required: [401, 'This needs the secret key of the project.'],
  calendar_not_found: [404, 'There is no calendar at this address (any more).'],
  unknown_document: [404, 'Only documents on the list are taken here, and this is not one.'],
  method_not_allowed: [405, 'Use another method.'],
  already_paid: [409, 'This booking is paid.'],
  hold_expired: [409, 'The nights are no longer held; book again.'],
  body_too_large: [413, 'The body is too large.'],
  answer_too_large: [413, 'The answer would be too large; ask for fewer rows or fields.'],
  internal_error: [500, 'Something went wrong here; nothing was decided.'],
  not_configured: [500, 'A setting of this function is missing.'],
  payments_unavailable: [503, 'Payments cannot be taken at the moment; try again.'],
  try_again: [503, 'The database did not answer; try again.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

export type ProblemCode = keyof typeof problems;

/** An answer other than success, thrown: RFC 9457 with a stable `code`. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** The field of the body that is at fault. */
  readonly field: string | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    { field, ...options }: ErrorOptions & { field?: string } = {},
  ) {
    super(code, options);
    this.field = field;
    [this.status, this.detail] = problems[code];
    this.code = code;
    if (detail !== undefined) this.detail = detail;
  }
}

/** A refusal of the database: its own code and status, passed on. */
export class Refusal extends Problem {
  override readonly code: string;
  override readonly status: number;

  constructor(code: string, status: number, detail: string) {
    super('internal_error', detail);
    this.message = code;
    this.code = code;
    this.status = status;
  }
}

/** The problem as an answer; code and field also stand in headers, so that clients need not read the body. */
export function problemResponse(problem: Problem): Response {
  const { code, status, detail, field } = problem;
  return new Response(JSON.stringify({ type: 'about:blank', status, code, detail, field }), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'x-error-code': code,
      ...(field === undefined ? {} : { 'x-error-field': field }),
      ...(status === 503 ? { 'retry-after': '5' } : {}),
    },
  });
}
