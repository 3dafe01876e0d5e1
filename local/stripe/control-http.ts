import type { ServerResponse } from 'node:http';
import type { Control } from './control.ts';
import { StripeFailure } from './http/errors.ts';
import { authenticationPage, overviewPage } from './page.ts';
import { isTableName } from './state.ts';

interface ControlRequest {
  method: string;
  url: URL;
  body: string;
}

type Deed = (control: Control, given: Record<string, unknown>) => unknown;

// POST /_fake/<deed> with a JSON object (or a form) of the deed's arguments.
const deeds: Record<string, Deed> = {
  pay: (control, given) => control.pay(text(given, 'intent'), optional(given, 'card'), given),
  authenticate: (control, given) =>
    control.authenticate(text(given, 'intent'), outcome(given, 'succeeded')),
  refund: (control, given) => {
    const amount = given['amount'] === undefined || given['amount'] === ''
      ? {}
      : { amount: Number(given['amount']) };
    return control.refund({ ...given, ...amount });
  },
  'settle-refund': (control, given) =>
    control.settleRefund(text(given, 'refund'), outcome(given, 'succeeded')),
  'settle-charge': (control, given) => control.settleCharge(text(given, 'charge')),
  'expire-authorization': (control, given) => control.expireAuthorization(text(given, 'intent')),
  tick: (control) => control.tick(),
  settings: (control, given) => control.set(given),
  faults: (control, given) => control.fail(given as unknown as Parameters<Control['fail']>[0]),
  'clear-faults': (control) => control.clearFaults(),
  'clear-requests': (control) => control.clearRequests(),
  pause: (control) => control.pause(),
  resume: (control) => control.resume(),
  'deliver-all': (control, given) => control.deliverAll(given),
  weather: (control, given) => control.weather(given),
  settled: (control) => control.settled(),
  resend: (control, given) => control.resend(text(given, 'event')),
  reset: (control) => control.reset(),
};

/** Answers what comes in under `/_fake`: JSON, or pages for people. */
export async function answerControl(
  control: Control,
  request: ControlRequest,
  response: ServerResponse,
): Promise<void> {
  const [name = '', id = ''] = request.url.pathname.split('/').slice(2);
  try {
    if (request.method === 'POST') {
      const form = request.body !== '' && !/^\s*\{/.test(request.body);
      const given = form
        ? Object.fromEntries(new URLSearchParams(request.body))
        : JSON.parse(request.body || '{}') as Record<string, unknown>;
      const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
      if (!deed) throw new StripeFailure(404, notFound(`no such deed: ${name}`));
      const result = await deed(control, given);
      const back = form ? returnTo(given) : undefined;
      if (back) {
        response.writeHead(303, { location: back }).end();
      } else json(response, 200, result ?? { done: true });
      return;
    }
    if (name === '') html(response, overviewPage(control));
    else if (name === '3ds') html(response, authenticationPage(control, id));
    else json(response, 200, look(control, name, id, request.url.searchParams));
  } catch (error) {
    if (error instanceof StripeFailure) json(response, error.status, { error: error.body });
    else if (error instanceof SyntaxError) json(response, 400, { error: notFound(error.message) });
    else throw error;
  }
}

// GET /_fake/<what>
function look(control: Control, name: string, id: string, query: URLSearchParams): unknown {
  if (isTableName(name)) return control.list(name);
  switch (name) {
    case 'objects': {
      const found = control.get(id);
      if (found) return found;
      break;
    }
    case 'requests':
      return control.requests(Object.fromEntries(query));
    case 'deliveries':
      return control.deliveries();
    case 'held':
      return control.held();
    case 'faults':
      return control.faults();
    case 'settings':
      return control.set({});
    case 'balance':
      return control.balance();
  }
  throw new StripeFailure(404, notFound(`nothing at /_fake/${name}/${id}`));
}

function notFound(message: string) {
  return { type: 'invalid_request_error', message };
}

function text(given: Record<string, unknown>, name: string): string {
  const value = given[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new StripeFailure(400, { ...notFound(`'${name}' is missing`), param: name });
}

function optional(given: Record<string, unknown>, name: string): string | undefined {
  return given[name] === undefined ? undefined : text(given, name);
}

function outcome(given: Record<string, unknown>, usual: 'succeeded'): 'succeeded' | 'failed' {
  const value = given['outcome'] ?? usual;
  if (value === 'succeeded' || value === 'failed') return value;
  throw new StripeFailure(400, { ...notFound('outcome is succeeded or failed'), param: 'outcome' });
}

// Only back to the fake's own page or where an intent's return_url says.
function returnTo(given: Record<string, unknown>): string | undefined {
  const to = given['return_to'];
  return typeof to === 'string' && /^(\/_fake|https?:)/.test(to) ? to : '/_fake';
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body, null, 2));
}

function html(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(body);
}
