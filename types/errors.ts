import { authCodes, storageCodes } from './others.ts';
import { type ErrorCode, errorCodes } from './codes.ts';

export { type ErrorCode, errorCodes };
export { errors } from './refusals.ts';

export function isErrorCode(text: unknown): text is ErrorCode {
  return errorCodes.includes(text as ErrorCode);
}

/** What Postgres and PostgREST say by themselves: a code, or how it begins. */
const rawCodes: [start: string, code: ErrorCode][] = [
  ['PGRST116', 'not_found'],
  ['PGRST0', 'try_again'],
  ['PGRST1', 'invalid_request'],
  ['PGRST2', 'invalid_request'],
  ['PGRST300', 'internal_error'],
  ['PGRST3', 'sign_in_required'],
  ['PGRST', 'internal_error'],
  // PostgREST 12 asks Postgres about tables and columns that do not exist, 14 says PGRST204 or 205.
  ['42P01', 'invalid_request'],
  ['42703', 'invalid_request'],
  ['42883', 'invalid_request'],
  ['42501', 'not_allowed'],
  ['23503', 'invalid_reference'],
  ['23505', 'already_exists'],
  ['23P01', 'nights_taken'],
  ['428C9', 'invalid_value'],
  ['22', 'invalid_value'],
  // A verb that changes something, called with GET.
  ['25006', 'method_not_allowed'],
  ['23', 'invalid_value'],
  ['40', 'try_again'],
  ['53', 'try_again'],
  ['55P03', 'try_again'],
  ['57', 'try_again'],
  ['08', 'try_again'],
  ['XX', 'internal_error'],
  ['42', 'internal_error'],
  ['P0', 'internal_error'],
];

const byStatus: Record<number, ErrorCode> = {
  401: 'sign_in_required',
  403: 'not_allowed',
  404: 'not_found',
  409: 'already_exists',
  413: 'body_too_large',
  415: 'invalid_value',
  429: 'too_many_requests',
  500: 'internal_error',
  502: 'try_again',
  503: 'try_again',
  504: 'try_again',
};

/**
 * The code of an error from supabase-js, whichever part it comes from: the `error` of a query or a
 * verb, of `functions.invoke`, of Storage, or what was thrown. Never throws; what it does not know is
 * `unknown_error`.
 */
export function codeOf(error: unknown): ErrorCode {
  if (typeof error !== 'object' || error === null) return 'unknown_error';
  const { name, message, code, status, statusCode, context } = error as Record<string, unknown>;

  // A function answered: its code is in a header, so that the body may stay unread.
  if (isResponse(context)) {
    const told = context.headers.get('x-error-code');
    return isErrorCode(told) ? told : byStatus[context.status] ?? 'unknown_error';
  }
  // The database raised one of ours, or the body of a function's answer was passed here.
  if (/^PT\d{3}$/.test(String(code)) && isErrorCode(message)) return message;
  if (isErrorCode(code)) return code;

  if (typeof code === 'string') {
    const told = own(String(name).startsWith('Storage') ? storageCodes : authCodes, code) ??
      own(storageCodes, code);
    if (told !== undefined) return told;
    const raw = rawCodes.find(([start]) => code.startsWith(start) && /^[A-Z0-9]{5,8}$/.test(code));
    if (raw !== undefined) return raw[1];
  }
  const text = `${String(name)} ${String(message)}`;
  if (
    /FetchError|StorageUnknownError|fetch failed|Failed to fetch|NetworkError|Load failed|AbortError|TimeoutError/
      .test(
        text,
      )
  ) {
    return 'network_error';
  }
  if (/Invalid API key|No API key found/.test(text)) return 'invalid_api_key';
  if (/AuthSessionMissing|AuthInvalidJwt|AuthInvalidTokenResponse/.test(text)) {
    return 'sign_in_required';
  }
  if (/AuthInvalidCredentials/.test(text)) return 'invalid_credentials';
  return byStatus[Number(statusCode ?? status)] ?? 'unknown_error';
}

const own = (codes: Record<string, ErrorCode>, code: string) =>
  Object.hasOwn(codes, code) ? codes[code] : undefined;

/** By what it can do: an answer may come from another realm, or from a fetch that somebody passed in. */
function isResponse(context: unknown): context is Response {
  const { headers, status } = (context ?? {}) as Partial<Response>;
  return typeof headers?.get === 'function' && typeof status === 'number';
}
