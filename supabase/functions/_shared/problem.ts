import { refusals } from './refusals.ts';

export type ProblemCode = keyof typeof refusals;

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
    [this.status, this.detail] = refusals[code];
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
