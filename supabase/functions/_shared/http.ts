import { corsHeaders } from '@supabase/supabase-js/cors';
import type { z } from 'zod';
import { causeOf, log, type Note } from './log.ts';
import { Problem, problemResponse } from './problem.ts';
import { fault } from './rows.ts';
import { currentTrace, requestIdOf, traced } from './trace.ts';

/**
 * Answers a request or throws a `Problem`.
 * @param note adds to the line that is logged about this request
 */
export type Handler = (request: Request, note: (facts: Note) => void) => Promise<Response>;

export interface Served {
  /** The function's name, for its log. */
  name: string;
  /** What it answers to; POST unless it says otherwise. */
  methods?: readonly string[];
  /** Whether browsers call it from other origins. */
  browsers?: boolean;
  /** Opens the handler's ports; called with the first request, and again while it throws. */
  open: () => Handler;
}

const crossOrigin = {
  ...corsHeaders,
  'Access-Control-Allow-Headers': `${corsHeaders['Access-Control-Allow-Headers']}, x-request-id`,
  'Access-Control-Allow-Methods': 'POST, OPTIONS',
  'Access-Control-Expose-Headers':
    'x-error-code, x-error-field, x-request-id, retry-after, staybase-written',
  'Access-Control-Max-Age': '3600',
};

/** A function as the edge runtime wants it: problems as RFC 9457, one log line and one id a request. */
export function serve({ name, methods = ['POST'], browsers = false, open }: Served): {
  fetch(request: Request): Promise<Response>;
} {
  let handler: Handler | undefined;
  return {
    fetch(request) {
      const requestId = requestIdOf(request);
      const trace = { requestId, function: name, written: [] };
      return traced(trace, () => respond(request, requestId));
    },
  };

  async function respond(request: Request, requestId: string): Promise<Response> {
    const started = performance.now();
    const noted: Note = {};
    const response = await answer().catch((error) => {
      const problem = error instanceof Problem
        ? error
        : new Problem('internal_error', undefined, { cause: error });
      noted.code = problem.code;
      if (problem.status >= 500) noted.cause = causeOf(problem);
      const refusal = problemResponse(problem);
      if (problem.status === 405) refusal.headers.set('allow', methods.join(', '));
      return refusal;
    });
    if (browsers) {
      for (const [header, value] of Object.entries(crossOrigin)) {
        response.headers.set(header, value);
      }
    }
    response.headers.set('x-request-id', requestId);
    const written = currentTrace()?.written ?? [];
    if (written.length > 0) response.headers.set('staybase-written', written.join(', '));
    const { status } = response;
    const duration_ms = Math.round(performance.now() - started);
    log(
      { method: request.method, status, duration_ms, ...noted },
      status >= 500 ? 'error' : 'info',
    );
    return response;

    async function answer(): Promise<Response> {
      if (browsers && request.method === 'OPTIONS') return new Response(null, { status: 204 });
      if (!methods.includes(request.method)) {
        throw new Problem('method_not_allowed', `Use ${methods.join(' or ')}.`);
      }
      handler ??= open();
      return await handler(request, (facts) => Object.assign(noted, facts));
    }
  }
}

/** The body as text, byte for byte. Throws `body_too_large` and stops reading there. */
export async function readText(request: Request, maximumBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maximumBytes) {
    throw new Problem('body_too_large', `At most ${maximumBytes} bytes.`);
  }
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maximumBytes) {
      throw new Problem('body_too_large', `At most ${maximumBytes} bytes.`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The body as JSON of a shape. Throws `invalid_body`, naming the field at fault. */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await readText(request, 10_000);
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || undefined;
  throw new Problem('invalid_body', fault(parsed.error), field === undefined ? {} : { field });
}

/** Throws `invalid_body` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid_body', 'The body is not JSON.');
  }
}
