import type { ServerResponse } from 'node:http';
import { framedByOurs } from '../loopback.ts';
import type { Control } from './control.ts';
import { StripeFailure } from './http/errors.ts';
import { authenticationPage, onboardingPage, overviewPage } from './page.ts';
import type { Standing } from './resources/accounts.ts';
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
  authenticate: (control, given) => control.authenticate(text(given, 'intent'), outcome(given)),
  refund: (control, given) => control.refund(withAmount(given)),
  'reverse-transfer': (control, given) =>
    control.reverseTransfer({ ...withAmount(given), transfer: text(given, 'transfer') }),
  'settle-refund': (control, given) => control.settleRefund(text(given, 'refund'), outcome(given)),
  'settle-charge': (control, given) => control.settleCharge(text(given, 'charge')),
  'expire-authorization': (control, given) => control.expireAuthorization(text(given, 'intent')),
  'set-up': (control, given) =>
    control.setUp(text(given, 'intent'), optional(given, 'card'), given),
  'open-dispute': (control, given) =>
    control.openDispute({ ...withAmount(given), inquiry: isTrue(given['inquiry']) }),
  'escalate-inquiry': (control, given) => control.escalateInquiry(text(given, 'dispute')),
  'close-dispute': (control, given) =>
    control.closeDispute(text(given, 'dispute'), oneOf(given, 'outcome', ['won', 'lost'])),
  'appeal-dispute': (control, given) => control.appealDispute(text(given, 'dispute')),
  'prevent-dispute': (control, given) => control.preventDispute(given),
  'warn-of-fraud': (control, given) => control.warnOfFraud(given),
  onboard: (control, given) =>
    control.onboard(
      text(given, 'account'),
      oneOf<Standing>(given, 'standing', ['active', 'pending', 'restricted', 'rejected']),
    ),
  'close-account': (control, given) => control.closeAccount(text(given, 'account')),
  'pay-out': (control, given) =>
    control.payOut({ ...withAmount(given), currency: text(given, 'currency') }),
  'fail-payout': (control, given) => control.failPayout(text(given, 'payout')),
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
    else if (name === 'onboard') {
      const back = request.url.searchParams.get('return_url') ?? '/_fake';
      html(response, onboardingPage(control, id, back));
    } else if (name === 'account-balance') json(response, 200, await control.accountBalance(id));
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

function outcome(given: Record<string, unknown>): 'succeeded' | 'failed' {
  return oneOf({ outcome: 'succeeded', ...given }, 'outcome', ['succeeded', 'failed']);
}

function oneOf<T extends string>(given: Record<string, unknown>, name: string, words: T[]): T {
  const found = words.find((word) => word === given[name]);
  if (found) return found;
  throw new StripeFailure(400, { ...notFound(`${name} is ${words.join(' or ')}`), param: name });
}

// A form's amount is text, and may be empty.
function withAmount({ amount, ...given }: Record<string, unknown>) {
  return amount === undefined || amount === '' ? given : { ...given, amount: Number(amount) };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
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
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...framedByOurs });
  response.end(body);
}
